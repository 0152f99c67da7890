/** @file One quiet line about threads, or use without a network. */
import { heard, OFFLINE_WORDS, offlineNews } from "../offline.ts";

export function OfflineLine() {
  const news = offlineNews.value.at(-1);
  if (news === undefined) return null;
  const { text, action } = OFFLINE_WORDS[news];
  return (
    <p class="offline-line" role="status">
      {text}{" "}
      {action && (
        <button type="button" onClick={() => location.reload()}>
          {action}
        </button>
      )}{" "}
      <button type="button" onClick={() => heard(news)}>
        {action ? "Not now" : "Good"}
      </button>
    </p>
  );
}
