type Proof = 'sent' | 'delivered' | 'failed';

/** Kannel's delivery report types (user guide, "Delivery reports"): 1, 2 the phone, 4, 8, 16 the SMS centre. */
const kannel = new Map<string, Proof>(
  Object.entries({ 1: 'delivered', 2: 'failed', 4: 'sent', 8: 'sent', 16: 'failed', 32: 'sent' }),
);

const words: [RegExp, Proof][] = [
  [/^(undeliv|not.?deliv|fail|reject|expir|delet|error|cancel|invalid|blocked)/i, 'failed'],
  [/^(deliv|delivrd|received|read)/i, 'delivered'],
  [/^(sent|submit|accept|enroute|queued|buffer|pending|sending|unknown|scheduled)/i, 'sent'],
];

/** What a gateway's status proves: Kannel's number or the words most gateways use; undefined for anything else. */
export function deliveryStatus(text: string): Proof | undefined {
  const said = text.trim();
  return kannel.get(said) ?? words.find(([pattern]) => pattern.test(said))?.[1];
}
