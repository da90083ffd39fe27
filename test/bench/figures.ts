/** Latencies in ms. */
export type Spread = { p50: number; p99: number; most: number };

/** What one run measured. */
export type Figures = {
  inbound: {
    rates: { perSecond: number; floor: Spread; parley: Spread }[];
    /** Messages a second, each the median of `times`. */
    burst: { count: number; times: number; perSecond: { floor: number; channel: number; chats: number } };
  };
  /** Over all inbound measurements, the floor's too. */
  counted: { sent: number; lost: number; doubled: number; disordered: number };
  /** Each network but IRC, at 200 messages a second in and 20 out, or what it takes in one chat; `out` ends at its wire. */
  networks: {
    network: string;
    in: Spread & { lost: number; doubled: number; disordered: number };
    out: Spread & { perSecond: number };
  }[];
  outbound: { perSecond: number; chats: number; answered: Spread; onWire: Spread };
  memory: { accounts: number; rssKiB: number; pssKiB: number; emptyPssKiB: number };
  start: { firstMs: number; secondMs: number; stopMs: number };
  web: { files: number; bytes: number; brotliBytes: number };
};
