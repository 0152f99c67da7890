/** @file Some rows and columns of a Gram matrix. */

/** `[rows, columns]` of `gram` `[n, n]`, in its precision. */
export function gramPart<T extends Float32Array | Float64Array>(
  gram: T,
  { rows, columns }: { readonly rows: Int32Array; readonly columns: Int32Array },
): T {
  const n = Math.round(Math.sqrt(gram.length));
  const size = rows.length * columns.length;
  const part = gram instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  let at = 0;
  for (const i of rows) for (let j = 0; j < columns.length; j++) part[at++] = gram[i * n + columns[j]!]!;
  return part as T;
}
