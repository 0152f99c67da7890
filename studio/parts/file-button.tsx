/** @file A button that opens files or a folder. */
import { useRef } from "preact/hooks";

export function FileButton({
  children,
  accept,
  multiple = false,
  folder = false,
  label,
  onFiles,
  ...rest
}: {
  readonly children: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly folder?: boolean;
  /** A longer name than what is written on it. */
  readonly label?: string;
  readonly class?: string;
  readonly onFiles: (files: FileList | null) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" aria-label={label} onClick={() => input.current?.click()} {...rest}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label ?? children}
        accept={accept}
        multiple={multiple || folder}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={(event) => {
          onFiles(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
