// Filters as people write them, what they mean, and what is said of those that mean nothing.
import { describe, expect, it } from "vitest";
import { parseFilter } from "./parse.ts";
import { printFilter } from "./print.ts";
import { occurrenceVocabulary, runVocabulary, taskVocabulary } from "./vocabularies.ts";
import type { Vocabulary } from "./vocabulary.ts";

function canonical(text: string, vocabulary: Vocabulary = runVocabulary): string {
  const parsed = parseFilter(text, vocabulary);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return printFilter(parsed.filter);
}

/** What is wrong, with the text it is about. */
function problem(text: string, vocabulary: Vocabulary = runVocabulary): string {
  const parsed = parseFilter(text, vocabulary);
  if (parsed.ok) throw new Error(`was read as ${printFilter(parsed.filter)}`);
  const { at, length, message } = parsed.problem;
  return `${at} «${text.slice(at, at + length)}» ${message}`;
}

describe("a filter", () => {
  it.each([
    ["", ""],
    ["status:failed", "status=failed"],
    ["status:failed type:report", "status=failed type=report"],
    ["status:failed AND type:report", "status=failed type=report"],
    ["status = failed and type = report", "status=failed type=report"],
    ["status:failed,timed_out", "status=(failed, timed_out)"],
    ["status in (failed, timed_out)", "status=(failed, timed_out)"],
    ["status:(failed OR timed_out)", "status=(failed, timed_out)"],
    ["status:FAILED status:timed-out", "status=failed status=timed_out"],
    ["-status:completed", "-status=completed"],
    ["NOT status:completed", "-status=completed"],
    ["status!=completed", "-status=completed"],
    ["not not status:failed", "status=failed"],
    ["status:failed or status:timed_out type:report", "status=failed or status=timed_out type=report"],
    ["(status:failed or status:timed_out) type:report", "(status=failed or status=timed_out) type=report"],
    ["-(status:failed type:report)", "-(status=failed type=report)"],
    ["((status:failed))", "status=failed"],
    ["tag:night queue:mail", "tag=night queue=mail"],
    ["TAGS:night Queue:mail", "tag=night queue=mail"],
    ["user:ann key:k", "userId=ann concurrencyKey=k"],
    ["priority:>7", "priority>7"],
    ["priority>=3 priority<7.5", "priority>=3 priority<7.5"],
    ["attempt:2..4", "attempt>=2 attempt<=4"],
    ["attempt:2..", "attempt>=2"],
    ["attempt:*..4", "attempt<=4"],
    ["created>-1h", "createdAt>-1h"],
    ["created:>now-90m", "createdAt>-1h30m"],
    ["created<now", "createdAt<+0s"],
    ["scheduled:-2h..+1h", "scheduledFor>=-2h scheduledFor<=+1h"],
    ["created:today", "createdAt=today"],
    ["created:2026-11-24", "createdAt=2026-11-24"],
    ["created:2026-11-01..2026-11-30", "createdAt>=2026-11-01 createdAt<=2026-11-30"],
    ["started>=2026-11-24T10:00:00+08:00", "startedAt>=2026-11-24T02:00:00.000Z"],
    ['finished<"2026-11-24 10:30"', "finishedAt<2026-11-24T10:30:00.000"],
    ["duration>90s", "duration>1m30s"],
    ["duration:1s..1m", "duration>=1s duration<=1m"],
    ["error:TIMEOUT", "error=TIMEOUT"],
    ["startedAt:*", "startedAt:*"],
    ["-startedAt:*", "-startedAt:*"],
    ["startedAt!=*", "-startedAt:*"],
    ['params.customer.id = "x"', "params.customer.id=x"],
    ['params.city:"北京"', "params.city=北京"],
    ["params.城市:北京", "params.城市=北京"],
    ["params.count:5", 'params.count=(5, "5")'],
    ['params.count:"5"', 'params.count="5"'],
    ["params.on:true", 'params.on=(true, "true")'],
    ["params.count>5", "params.count>5"],
    ["params.items[0].sku:a", "params.items[0].sku=a"],
    ['params."first name".x:a', 'params."first name".x=a'],
    ['params."first name" in (a, b)', 'params."first name"=(a, b)'],
    ["params.note~urgent", "params.note~urgent"],
    ["report", "name~report"],
    ['"daily report"', 'name~"daily report"'],
    ["daily report", "name~daily name~report"],
    ["-draft", "-name~draft"],
    ["name:daily,weekly", "name~daily or name~weekly"],
    ["name=daily", "name=daily"],
    [String.raw`name:"say \"hi\" \\ there"`, String.raw`name~"say \"hi\" \\ there"`],
    ["name:'it is \"so\"'", String.raw`name~"it is \"so\""`],
    ["and-or-not", "name~and-or-not"],
    ["message:10:30", 'message~"10:30"'],
  ])("P9 reads %s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it("P9 asks of each kind of thing what it has", () => {
    expect(canonical("trigger:cron next<+1d externalId:*", taskVocabulary)).toBe(
      "trigger=cron nextFireAt<+24h externalId:*",
    );
    expect(canonical("decision:missed reason:max-age lateness>1m", occurrenceVocabulary)).toBe(
      "decision=missed reason=max-age lateness>1m",
    );
  });

  it.each([
    ["staus:failed", '0 «staus» runs have no field "staus"; did you mean status?'],
    ["type:x and fluff:1", '11 «fluff» runs have no field "fluff"; known are id, status,'],
    ["status:faild", '7 «faild» "faild" is no status; did you mean failed?'],
    ["status:failed,wrong", '14 «wrong» "wrong" is no status; known are'],
    ["status>failed", "6 «>» status has no order; use status:…"],
    ["queue~mail", "5 «~» queue is compared as a whole; use queue:…"],
    ["created:-1h", "8 «-1h» createdAt is never exactly that; compare it, as in createdAt>-1h"],
    ["created>yesteday", '8 «yesteday» createdAt is a time, got "yesteday"; did you mean yesterday?'],
    ["duration>5", '9 «5» duration is a duration such as 90s or 1h30m, got "5"'],
    ["attempt>many", '8 «many» attempt is a number, got "many"'],
    ["attempt:..", "8 «..» a range needs at least one end"],
    ["params:x", "0 «params» params needs the path of a value in it, as in params.customer.id"],
    ["params.:x", "7 «:» a name is missing after the dot"],
    ["params.a..b:x", "8 «.» expected"],
    ["params.a[x]:1", "8 «[» expected"],
    ['params."a"b:1', "10 «b» expected"],
    [String.raw`params."a\"b":1`, "7 "],
    ["status.x:failed", "0 «status.x» status has nothing inside it"],
    ["status:", "7 «» a value is missing here"],
    ["status: type:x", '8 «type:x» "type:x" is no status'],
    ["status in failed", '10 «f» expected a list after "in"'],
    ["status in (failed", "10 «(» this list is not closed"],
    ["status in (failed timed_out)", '18 «t» expected "," or ")" in this list'],
    ["(status:failed", "0 «(» this bracket is not closed"],
    ["status:failed)", "13 «)» this bracket closes nothing"],
    ["status:failed or", "16 «» something is missing at the end"],
    ["not", "3 «» something is missing at the end"],
    ["or status:failed", '0 «or» something is missing before "or"'],
    ["type:a and and type:b", '11 «and» something is missing before "and"'],
    ['name:"open', '5 «"» these quotes are not closed'],
    ['name:a"b"', '6 «"» a quote inside a value'],
    [":failed", '0 «:» ":" is not expected here'],
    ["()", '1 «)» ")" is not expected here'],
  ])("P9 refuses %s, pointing at what is wrong", (text, expected) => {
    expect(problem(text).startsWith(expected)).toBe(true);
  });

  it("is bounded in length, depth, tests and values", () => {
    expect(problem("a".repeat(4001))).toContain("longer than 4000 characters");
    expect(problem(`${"(".repeat(21)}a${")".repeat(21)}`)).toContain("deeper than 20 levels");
    expect(problem("-".repeat(3000))).toContain("deeper than 20 levels");
    expect(problem("a ".repeat(101))).toContain("more than 100 tests");
    expect(problem(`attempt:${"1,".repeat(500)}1`)).toContain("more than 500 values");
    expect(canonical(`${"(".repeat(20)}a${")".repeat(20)}`)).toBe("name~a");
  });
});
