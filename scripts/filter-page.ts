// docs/reference/filters.md: the filter language, with the fields of each kind of thing from their vocabularies.
import { filterLimits } from "../src/domain/filter/parse.ts";
import {
  eventVocabulary,
  occurrenceVocabulary,
  runVocabulary,
  taskVocabulary,
} from "../src/domain/filter/vocabularies.ts";
import type { Field, FieldKind, Vocabulary } from "../src/domain/filter/vocabulary.ts";
import type { Artifact } from "./generate/artifact.ts";

const vocabularies: readonly Vocabulary[] = [
  runVocabulary,
  taskVocabulary,
  occurrenceVocabulary,
  eventVocabulary,
];

const kinds: Readonly<Record<FieldKind, string>> = {
  word: "exact word",
  text: "text, found by a part of it",
  number: "number",
  duration: "duration",
  time: "time",
  id: "id",
  json: "JSON, by path",
};

const intro = `# Filters

<!-- Written by \`npm run docs\` from src/domain/filter. -->

One language says which runs, tasks and occurrences are meant: \`?filter=\` in REST, \`filter\` in the client and the library,
\`--filter\` on the command line, and the \`filter\` of every bulk verb.

\`\`\`
status:failed type:report created>-1h params.city:"北京"
\`\`\`

| write | to mean |
| --- | --- |
| \`status:failed\` | the field has that value; \`=\` is the same |
| \`status:failed,timed_out\` | one of these; also \`status in (failed, timed_out)\` |
| \`-status:completed\` | not; also \`not\`, and \`status!=completed\` |
| \`type:a tag:b\` | both; \`and\` may be written |
| \`type:a or (tag:b queue:c)\` | either; \`and\` binds closer |
| \`priority>=7\`, \`attempt:2..4\`, \`duration>90s\` | compared; a range has both ends in it, and either may be left out |
| \`created>-1h\`, \`scheduled<+2d\`, \`started>now-90m\` | counted from the moment the first page is asked for |
| \`created:today\`, \`created:2026-11-24\` | at any time of that day, in the zone of the server |
| \`created>=2026-11-24T09:00:00+08:00\` | an instant; without an offset it is read in the zone of the server |
| \`started:*\`, \`-error:*\` | there is a value, there is none |
| \`name:report\`, \`message~"timed out"\` | the text occurs in it; \`=\` asks for all of it. A to Z in either case |
| \`report\`, \`"daily report"\` | occurs in the name |
| \`params.customer.id = "x"\`, \`params.items[0].sku:a\` | a value inside the params; of a list one item is enough |
| \`params."first name":x\` | a name that is no plain word |
| \`params.order:10045\` | the number, or the text that is spelt so; in quotes the text alone |

What has no value in a field passes no test of it, and so passes every negated one. A value that holds spaces, commas, brackets
or quotes stands in quotes; inside, a quote and a backslash have a backslash before them.

Mistakes are refused with 400 and the number of the character at which they stand. A filter has at most
${filterLimits.length} characters, ${filterLimits.tests} tests, ${filterLimits.values} values and ${filterLimits.depth} levels of brackets.

## Order and pages

Lists are given \`newest\` or \`oldest\` first (\`order\`). \`nextCursor\` goes on where the page ended, while things are added, change and
go; it belongs to its list and is refused with 400 when the filter, the order or another field is not as it was.

Runs are found by an index when the filter asks for ids, tasks, a user, a conversation, a time of creation, or any states but
\`completed\` or a deep backlog of \`pending\`; tasks by ids, a user or a conversation; occurrences by a task, a user or a time. All else is judged
row by row, at most some 20,000 rows for a page (10,000 occurrences): **a page may be short, or even empty, and still have a \`nextCursor\`**.
The client's \`for await\` and the bulk verbs go on by themselves.

## Grammar

\`\`\`
filter  = and { "or" and }
and     = unary { ["and"] unary }
unary   = ( "not" | "-" ) unary | "(" filter ")" | test
test    = place operator values | place "in" list | text
place   = field { "." name | "[" number "]" }
operator= ":" | "=" | "!=" | "~" | [":"] ( ">" | ">=" | "<" | "<=" )
values  = "*" | list | value { "," value } | [ value ] ".." [ value ]
list    = "(" value { ( "," | "or" ) value } ")"
text    = word | '"' … '"' | "'" … "'"
\`\`\`

Words of the language and names of fields are read in any case.`;

export function filterPage(): Artifact {
  return {
    path: "docs/reference/filters.md",
    text: `${[intro, ...vocabularies.map(section)].join("\n\n")}\n`,
  };
}

function section({ things, fields }: Vocabulary): string {
  const title = `## Fields of ${things}`;
  const table = ["| field | kind | what it is |", "| --- | --- | --- |", ...fields.map(row)];
  return `${title}\n\n${table.join("\n")}`;
}

function row({ name, aliases = [], kind, words, about }: Field): string {
  const names = [name, ...aliases].map((one) => `\`${one}\``).join(", ");
  // Events have too many to be listed here; they are in the reference of events.
  const known =
    words === undefined || words.length > 15 ? "" : `: ${words.map((word) => `\`${word}\``).join(", ")}`;
  return `| ${names} | ${kinds[kind]} | ${about.en} (${about.zh})${known} |`;
}
