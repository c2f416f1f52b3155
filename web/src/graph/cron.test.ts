import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cronInWords, nextTimes, readCron, type Cron } from "./cron";

function cronOf(text: string): Cron {
  const read = readCron(text);
  if ("problem" in read) throw new Error(read.problem);
  return read.cron;
}

function timesOf(text: string, after: string, count = 3): string[] {
  return nextTimes(cronOf(text), { after: new Date(after), count }).map((time) =>
    time.toISOString().slice(0, 16),
  );
}

describe("cronInWords", () => {
  it.each([
    ["0 9 * * 1", "on Monday at 09:00"],
    ["30 6 * * *", "every day at 06:30"],
    ["* * * * *", "every minute"],
    ["*/15 * * * *", "every 15 minutes"],
    ["0 * * * *", "every hour"],
    ["20 * * * *", "minute 20 of every hour"],
    ["0 */6 * * *", "every 6 hours"],
    ["0 8,20 * * *", "every day at 08:00 and 20:00"],
    ["0 2 1 * *", "on day 1 of the month at 02:00"],
    ["0 2 * * mon-fri", "on Monday to Friday at 02:00"],
    ["0 2 1 jan *", "on day 1 of the month at 02:00 in January"],
    ["0 2 13 * 5", "on Friday or on day 13 of the month at 02:00"],
  ])("%s is %s", (text, words) => {
    expect(cronInWords(text)).toBe(words);
  });

  it.each([
    ["", "five fields"],
    ["0 9 * *", "five fields"],
    ["60 9 * * *", "minute: 60 is not between 0 and 59"],
    ["0 9 * * 8", "weekday: 8"],
    ["0 9-7 * * *", "hour: 9-7"],
    ["*/0 * * * *", "minute: */0"],
    ["0 9 * foo *", "month: foo"],
  ])("%s is refused: %s", (text, problem) => {
    expect(cronInWords(text)).toContain(problem);
  });
});

describe("nextTimes", () => {
  it("gives Mondays", () => {
    expect(timesOf("0 9 * * 1", "2026-02-23T09:00:00Z")).toEqual([
      "2026-03-02T09:00",
      "2026-03-09T09:00",
      "2026-03-16T09:00",
    ]);
  });

  it("knows leap years, the end of a year, and days that never come", () => {
    expect(timesOf("0 0 29 2 *", "2026-01-01T00:00:00Z", 1)).toEqual(["2028-02-29T00:00"]);
    expect(timesOf("59 23 31 12 *", "2026-12-31T23:59:00Z", 1)).toEqual(["2027-12-31T23:59"]);
    expect(timesOf("0 0 31 2 *", "2026-01-01T00:00:00Z")).toEqual([]);
  });

  it("takes either the day or the weekday when both are given; 7 is Sunday", () => {
    expect(timesOf("0 0 13 * 5", "2026-02-01T00:00:00Z", 4)).toEqual([
      "2026-02-06T00:00",
      "2026-02-13T00:00",
      "2026-02-20T00:00",
      "2026-02-27T00:00",
    ]);
    expect(timesOf("0 0 * * 7", "2026-02-01T12:00:00Z", 1)).toEqual(["2026-02-08T00:00"]);
  });

  it("is always later, rising, and of the sets", () => {
    const field = (most: number) => fc.oneof(fc.constant("*"), fc.nat({ max: most }).map(String));
    fc.assert(
      fc.property(
        field(59),
        field(23),
        fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
        (minute, hour, after) => {
          const cron = cronOf(`${minute} ${hour} * * *`);
          const times = nextTimes(cron, { after });
          expect(times).toHaveLength(3);
          let before = after;
          for (const time of times) {
            expect(time.getTime()).toBeGreaterThan(before.getTime());
            expect(cron.minutes.has(time.getUTCMinutes()) && cron.hours.has(time.getUTCHours())).toBe(true);
            before = time;
          }
        },
      ),
    );
  });
});
