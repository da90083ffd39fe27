import type { Client, Keeper, Kept, Line } from './irc-peer-server.js';

/** The messages a scripted server keeps, and CHATHISTORY over them. */
export class PeerHistory implements Keeper {
  #kept: Kept[] = [];
  #batches = 0;
  /** How often it was asked. */
  asked = 0;
  /** The connection is cut once so many pages were given. */
  cutAfter = Number.POSITIVE_INFINITY;

  add(kept: Kept): void {
    this.#kept.push(kept);
  }

  remove(msgid: string): boolean {
    const before = this.#kept.length;
    this.#kept = this.#kept.filter((one) => one.msgid !== msgid);
    return this.#kept.length < before;
  }

  answer(client: Client, { params, tags }: Line): void {
    const [verb = '', target = '', ...rest] = params;
    this.asked += 1;
    const label: Record<string, string> = tags.label ? { label: tags.label } : {};
    if (this.asked > this.cutAfter) return void client.socket.resetAndDestroy();
    if (verb === 'TARGETS') return void this.#targets(client, label, [target, ...rest]);
    const kept = this.#kept.filter((one) => one.chat === target.toLowerCase());
    const limit = Number(rest.at(-1)) || 50;
    const at = rest[0] ?? '*';
    const place = this.#place(kept, at);
    if (at !== '*' && place === undefined) {
      return void client.server(`FAIL CHATHISTORY INVALID_PARAMS ${verb} ${at} :Unknown message`, label);
    }
    const page =
      verb === 'AROUND'
        ? kept.slice(place?.before, place?.after)
        : verb === 'AFTER'
          ? kept.slice(place?.after ?? 0).slice(0, limit)
          : kept.slice(0, at === '*' ? kept.length : place?.before).slice(-limit);
    const id = `h${++this.#batches}`;
    client.server(`BATCH +${id} chathistory ${target}`, label);
    for (const { from, line, at: time, msgid, tags: more } of page) {
      const all = { ...more, batch: id, msgid, time: new Date(time).toISOString() };
      if (from === client.nick) client.own(line, all);
      else client.from(from, line, all);
    }
    client.server(`BATCH -${id}`);
  }

  #place(kept: Kept[], mark: string): { before: number; after: number } | undefined {
    const [kind, value = ''] = mark.split('=');
    if (kind === 'msgid') {
      const at = kept.findIndex((one) => one.msgid === value);
      return at < 0 ? undefined : { before: at, after: at + 1 };
    }
    const time = Date.parse(value);
    if (kind !== 'timestamp' || Number.isNaN(time)) return undefined;
    return {
      before: kept.filter((one) => one.at < time).length,
      after: kept.filter((one) => one.at <= time).length,
    };
  }

  #targets(client: Client, label: Record<string, string>, [from = '', to = '']: string[]): void {
    const [least, most] = [from, to].map((one) => Date.parse(one.slice('timestamp='.length)));
    const id = `t${++this.#batches}`;
    client.server(`BATCH +${id} draft/chathistory-targets`, label);
    for (const chat of new Set(this.#kept.map((one) => one.chat))) {
      const last = this.#kept.findLast((one) => one.chat === chat)?.at ?? 0;
      if (last < (least ?? 0) || last > (most ?? 0)) continue;
      client.server(`CHATHISTORY TARGETS ${chat} ${new Date(last).toISOString()}`, { batch: id });
    }
    client.server(`BATCH -${id}`);
  }
}
