/** Numbers and times as people read them. */

const whole = new Intl.NumberFormat("en");

export function formatCount(value: number): string {
  return whole.format(value);
}

/** A share of one as a percentage: 0.1234 is "12.3 %". */
export function formatShare(value: number, digits = 1): string {
  return `${(value * 100).toFixed(digits)} %`;
}

/** Seconds as the largest one or two units: "45 s", "12 min", "3 h 20 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${String(Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  const rest = minutes % 60;
  return rest === 0
    ? `${String(Math.floor(minutes / 60))} h`
    : `${String(Math.floor(minutes / 60))} h ${String(rest)} min`;
}

const UNITS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** A moment seen from now: "3 minutes ago". */
export function formatAgo(moment: string, now: number = Date.now()): string {
  const seconds = (Date.parse(moment) - now) / 1000;
  for (const [size, unit] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

/** Bytes with a unit: "1.2 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${["", "k", "M", "G", "T"][power] ?? ""}B`;
}

/** How long a video is: `0:07`, `1:02:03`. */
export function formatLength(seconds: number): string {
  const whole = Math.round(Math.max(0, seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = two(whole % 60);
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${rest}` : `${String(minutes)}:${rest}`;
}
