import fc from 'fast-check';

/**
 * `FUZZ_RUNS` inputs a property (200 by default), made from `FUZZ_SEED`: a failure prints its seed and its path, and the
 * same seed makes the same inputs. A property that takes longer than `FUZZ_SECONDS` (20 by default) ends there.
 */
export const runs = Number(process.env.FUZZ_RUNS ?? 200);
export const seed = Number(process.env.FUZZ_SEED ?? 20_261_129);
const seconds = Number(process.env.FUZZ_SECONDS ?? 20);

/** How long vitest waits for a property, which ends by itself before. */
export const patience = (seconds + 20) * 1_000;

export function holds<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void | Promise<void>): Promise<void> {
  const checked = fc.asyncProperty(arbitrary, async (value) => property(value));
  return Promise.resolve(
    fc.assert(checked, {
      seed,
      numRuns: runs,
      interruptAfterTimeLimit: seconds * 1_000,
      markInterruptAsFailure: false,
    }),
  );
}

/** What ends lines, strings, tags and parameters somewhere. */
const controls = ['\r', '\n', '\r\n', '\0', '\v', '\u0085', '\u2028', '\u2029', '\x1b', '\x01', '\x03', '\x04', '\x7f'];
/** What looks right and is not, or is longer than it looks. */
const letters = [
  ...[
    '\ud800',
    '\udc00',
    '\u202e',
    '\u2066',
    '\u200d',
    '\u200b',
    '\ufeff',
    '\ufffe',
    '\u0301',
    'é',
    'e\u0301',
    'аpple',
  ],
  ...[
    '👨‍👩‍👧‍👦',
    '🏳️‍🌈',
    '😀',
    'İ',
    'ß',
    'ﷺ',
    '\u0301'.repeat(1000),
    '😀'.repeat(300),
    'Ω',
    '𝕏',
    'ｆｕｌｌ',
    'שלום',
    '日本語',
  ],
];
/** What means something to one of the parsers. */
const markup = [
  ...[
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<svg/onload=x>',
  ],
  ...[
    '<style>*{}</style>',
    '<iframe srcdoc="<script>">',
    '<math><mi//xlink:href="data:x,<script>">',
    '<form action=//x>',
  ],
  ...[
    '[x](javascript:alert(1))',
    '![x](http://x/y)',
    '**',
    '__',
    '```',
    '~~',
    '> ',
    '- ',
    '| a | b |\n|---|---|\n',
    '\\',
  ],
  ...[
    '[[[[[[',
    '((((((',
    '*'.repeat(500),
    '<'.repeat(500),
    '&'.repeat(500),
    '&#x0;',
    '&#xD800;',
    '&#99999999;',
    '&amp;lt;',
  ],
  ...[
    '&lol;',
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    '<![CDATA[',
    ']]>',
    '<?xml?>',
    '<!--',
    '-->',
    '<a b=\'c">',
    '</',
    '/>',
  ],
  ...['{{name}}', '{name}', '{{', '}}', '{{constructor}}', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
  ...[
    '../../etc/passwd',
    '..\\..',
    'file:///etc/passwd',
    'http://127.1/',
    'http://[::1]/',
    'mxc://../..',
    'data:text/html,x',
  ],
  ...[
    'http://user@host@evil/',
    'https://例え.テスト/',
    'javascript:alert(1)',
    ' java\tscript:x',
    'vbscript:x',
    '//evil/x',
  ],
  ...[
    'PRIVMSG #a :b',
    ':x!y@z',
    '@time=',
    ';',
    '=',
    ' :',
    '+CHATHISTORY',
    '\x01ACTION x\x01',
    '\x0304,07',
    '\x04ff00ff',
  ],
  ...[
    'id:1 sub:001 stat:DELIVRD err:000 text:',
    'On Tue, Bob wrote:',
    '-- ',
    'From: a@b',
    'Sent: x',
    '-----Original Message-----',
  ],
  ...[
    '=?utf-8?B?////?=',
    '=?x?Q?=FF?=',
    'a@b.test',
    '<a@b.test>',
    '"x\r\n"@b.test',
    'charset=',
    'boundary=',
    '+447700900000',
  ],
  ...[
    'P1D',
    'PT999999999999S',
    '1e999',
    '-0',
    'NaN',
    '9007199254740993',
    '2099-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
  ],
];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...controls) },
  { weight: 3, arbitrary: fc.constantFrom(...letters) },
  { weight: 5, arbitrary: fc.constantFrom(...markup) },
  { weight: 3, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\t', '', '0', 'word', 'x'.repeat(600)) },
);

/** A text made of pieces that are trouble somewhere. */
export const text: fc.Arbitrary<string> = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
/** As `text`, of one line. */
export const line: fc.Arbitrary<string> = text.map((words) => words.replace(/[\r\n\0]/g, ''));
/** Without what ends a text or an attribute of XML, and what it cannot hold. */
export const bare = (words: string) => words.replace(/[<&>'"\0-\x08\x0b-\x1f\ud800-\udfff]/g, '');

/** One thing over and over: what patterns that try again at every sign take long for. */
export const long: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(piece, fc.constantFrom('http://a.b/', 'On ', '<', '*', '')),
    fc.oneof(piece, fc.constantFrom(...'.)(!?:>" ')),
    piece,
  )
  .map(([before, again, after]) => before + again.repeat(Math.ceil(60_000 / Math.max(1, again.length))) + after);
export const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((raw) => Buffer.from(raw)),
  text.map((words) => Buffer.from(words)),
  text.map((words) => Buffer.from(words, 'latin1')),
);
/** Any JSON, with keys and values that are trouble. */
export const json: fc.Arbitrary<unknown> = fc.anything({
  key: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'body', 'msgtype', 'type', 'id', 'text'), piece),
  values: [
    ...[text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)],
    fc.constantFrom(2 ** 53 + 2, -1, 1e9, 1e300, Number.MIN_VALUE),
  ],
  maxDepth: 3,
});

/** Fails where the work takes more of the processor than any sound pattern takes for such a text. */
export function quickly<T>(work: () => T, mostMs = 2_000): T {
  const start = process.cpuUsage();
  const done = work();
  const took = process.cpuUsage(start).user / 1_000;
  if (took > mostMs) throw new Error(`took ${Math.round(took)} ms of the processor`);
  return done;
}

/** A value of a kind that nobody asked for, ids beyond 2^53 among them. */
export const anything = fc.oneof(
  text,
  json,
  fc.integer(),
  fc.constant(null),
  fc.constant([]),
  fc.constant(2 ** 53 + 2),
);

/** Words with a few keys of the network's own, each with a value of any kind. */
export const keyed = (keys: readonly string[], value: fc.Arbitrary<unknown>, minKeys = 0) =>
  fc.dictionary(fc.constantFrom(...keys), value, { minKeys, maxKeys: 14 });

/** What a Matrix event may hold, each with a value of any kind, or one of `more`. */
export const matrixContent = (minKeys: number, ...more: fc.Arbitrary<unknown>[]) =>
  keyed(
    [
      ...['msgtype', 'body', 'format', 'formatted_body', 'url', 'file', 'info', 'filename', 'm.new_content'],
      ...['m.relates_to', 'm.mentions', 'membership', 'name', 'topic', 'displayname', 'users', 'algorithm', 'redacts'],
      '__proto__',
    ],
    fc.oneof(
      anything,
      keyed(['rel_type', 'event_id', 'key', 'm.in_reply_to', 'mimetype', 'size', 'k'], anything, minKeys),
      ...more,
    ),
    minKeys,
  );
