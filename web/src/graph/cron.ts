/** Cron expressions of five fields, in UTC: in words, and the next times they stand for. */

export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Both a day and a weekday are asked for: either will do. */
  readonly isEither: boolean;
}

export type CronRead = { readonly cron: Cron } | { readonly problem: string };

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

interface Part {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
}

const PARTS: readonly Part[] = [
  { name: "minute", least: 0, most: 59, words: [] },
  { name: "hour", least: 0, most: 23, words: [] },
  { name: "day", least: 1, most: 31, words: [] },
  {
    name: "month",
    least: 1,
    most: 12,
    words: ["", ...MONTHS.map((month) => month.slice(0, 3).toLowerCase())],
  },
  { name: "weekday", least: 0, most: 7, words: WEEKDAYS.map((day) => day.slice(0, 3).toLowerCase()) },
];

/** Read an expression, or say what is wrong with it. */
export function readCron(text: string): CronRead {
  const fields = text.trim().split(/\s+/u);
  if (text.trim() === "" || fields.length !== PARTS.length) {
    return { problem: "five fields are needed: minute, hour, day, month, weekday" };
  }
  const sets: Set<number>[] = [];
  for (const [at, part] of PARTS.entries()) {
    const found = readField(fields[at] ?? "", part);
    if ("problem" in found) return found;
    sets.push(found.values);
  }
  const [minutes = NONE, hours = NONE, days = NONE, months = NONE, weekdays = NONE] = sets;
  if (weekdays.delete(7)) weekdays.add(0);
  const isEither = !isAll(fields[2]) && !isAll(fields[4]);
  return { cron: { minutes, hours, days, months, weekdays, isEither } };
}

const NONE = new Set<number>();

function isAll(field: string | undefined): boolean {
  return field?.startsWith("*") === true;
}

function readField(text: string, part: Part): { values: Set<number> } | { problem: string } {
  const values = new Set<number>();
  for (const piece of text.split(",")) {
    const [range = "", step, ...more] = piece.split("/");
    const by = step === undefined ? 1 : Number(step);
    const ends = endsOf(range, part, step !== undefined);
    if (more.length > 0 || !Number.isInteger(by) || by < 1 || ends === null) {
      return { problem: `${part.name}: ${piece === "" ? "nothing" : piece} is not between ${limits(part)}` };
    }
    for (let value = ends[0]; value <= ends[1]; value += by) values.add(value);
  }
  return { values };
}

function limits(part: Part): string {
  return `${String(part.least)} and ${String(part.most)}`;
}

function endsOf(range: string, part: Part, hasStep: boolean): [number, number] | null {
  if (range === "*") return [part.least, part.name === "weekday" ? 6 : part.most];
  const [first = "", last, ...more] = range.split("-");
  const low = numberOf(first, part);
  const high = last === undefined ? (hasStep ? part.most : low) : numberOf(last, part);
  if (more.length > 0 || low === null || high === null || high < low) return null;
  return [low, high];
}

function numberOf(text: string, part: Part): number | null {
  const word = part.words.indexOf(text.toLowerCase());
  if (word >= 0 && text !== "") return word;
  if (!/^\d{1,2}$/u.test(text)) return null;
  const value = Number(text);
  return value >= part.least && value <= part.most ? value : null;
}

/** The next times after a moment, earliest first; fewer when the next five years have fewer. */
export function nextTimes(cron: Cron, { after, count = 3 }: { after: Date; count?: number }): Date[] {
  const found: Date[] = [];
  const hours = [...cron.hours].sort(ascending);
  const minutes = [...cron.minutes].sort(ascending);
  const day = new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate()));
  for (let turn = 0; turn < FIVE_YEARS && found.length < count; turn += 1) {
    if (isDay(cron, day)) {
      for (const hour of hours) {
        for (const minute of minutes) {
          const time = new Date(day.getTime() + (hour * 60 + minute) * MINUTE_MS);
          if (time > after && found.length < count) found.push(time);
        }
      }
    }
    day.setUTCDate(day.getUTCDate() + 1);
  }
  return found;
}

const FIVE_YEARS = 366 * 5;
const MINUTE_MS = 60_000;

function ascending(a: number, b: number): number {
  return a - b;
}

function isDay(cron: Cron, day: Date): boolean {
  if (!cron.months.has(day.getUTCMonth() + 1)) return false;
  const isDate = cron.days.has(day.getUTCDate());
  const isWeekday = cron.weekdays.has(day.getUTCDay());
  return cron.isEither ? isDate || isWeekday : isDate && isWeekday;
}

/** An expression in words: "on Monday at 09:00". The problem when there is one. */
export function cronInWords(text: string): string {
  const read = readCron(text);
  if ("problem" in read) return read.problem;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = text.trim().split(/\s+/u);
  const { cron } = read;
  const date = [
    ...(weekday === "*" ? [] : [`on ${sayList(cron.weekdays, (one) => WEEKDAYS[one] ?? "")}`]),
    ...(day === "*" ? [] : [`on day ${sayList(cron.days, String)} of the month`]),
  ].join(cron.isEither ? " or " : " and ");
  const when =
    date === "" && (hour !== "*" || minute === "0") && !hour.includes("/") && hour !== "*"
      ? "every day"
      : date;
  const season = month === "*" ? "" : `in ${sayList(cron.months, (one) => MONTHS[one - 1] ?? "")}`;
  return [when, sayTime({ minute, hour, cron }), season].filter((one) => one !== "").join(" ");
}

function sayTime({ minute, hour, cron }: { minute: string; hour: string; cron: Cron }): string {
  const isFew = !hour.includes("/") && cron.hours.size * cron.minutes.size <= 4;
  if (isFew) {
    const times = [...cron.hours]
      .sort(ascending)
      .flatMap((one) => [...cron.minutes].sort(ascending).map((other) => `${two(one)}:${two(other)}`));
    return `at ${join(times)}`;
  }
  const minutes = sayMinutes(minute, cron);
  if (hour === "*") return minutes;
  const every = /^\*\/(\d+)$/u.exec(hour)?.[1];
  if (every !== undefined) return `${minutes} of every ${every} hours`.replace("minute 0 of ", "");
  return `${minutes} in the hours ${sayList(cron.hours, two)}`;
}

function sayMinutes(minute: string, cron: Cron): string {
  if (minute === "*") return "every minute";
  const every = /^\*\/(\d+)$/u.exec(minute)?.[1];
  if (every !== undefined) return `every ${every} minutes`;
  if (minute === "0" && cron.hours.size === 24) return "every hour";
  return `minute ${sayList(cron.minutes, String)}${cron.hours.size === 24 ? " of every hour" : ""}`;
}

function sayList(values: ReadonlySet<number>, say: (value: number) => string): string {
  const sorted = [...values].sort(ascending);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first !== undefined && last !== undefined && sorted.length > 2 && last - first === sorted.length - 1) {
    return `${say(first)} to ${say(last)}`;
  }
  return join(sorted.map(say));
}

function join(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
