import { execFileSync } from 'node:child_process';

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** A wire between this machine and the namespace: its addresses at both ends. */
export type Wire = {
  host: string;
  inside: string;
  /** What is sent by either end gets nowhere, and nobody is told. */
  cut(): void;
  mend(): void;
};

/** A host of its own on this machine, by the kernel's network namespaces. Needs root, and `ip`. */
export class Namespace {
  readonly #name = `parley-${process.pid}`;
  #wires = 0;

  /** Undefined where the machine has none to give. */
  static make(): Namespace | undefined {
    const made = new Namespace();
    try {
      ip('netns', 'add', made.#name);
      ip('-n', made.#name, 'link', 'set', 'lo', 'up');
      return made;
    } catch {
      return undefined;
    }
  }

  /** What a command is put behind to run there. */
  get enter(): string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  wire(): Wire {
    this.#wires += 1;
    const place = process.pid % 250;
    const [host, inside] = [`10.231.${place}.${this.#wires * 4 + 1}`, `10.231.${place}.${this.#wires * 4 + 2}`];
    const [near, far] = [`pn${this.#wires}-${process.pid}`, `pf${this.#wires}-${process.pid}`];
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', this.#name);
    ip('addr', 'add', `${host}/30`, 'dev', near);
    ip('-n', this.#name, 'addr', 'add', `${inside}/30`, 'dev', far);
    ip('-n', this.#name, 'link', 'set', far, 'up');
    ip('link', 'set', near, 'up');
    return {
      host,
      inside,
      cut: () => void ip('link', 'set', near, 'down'),
      mend: () => void ip('link', 'set', near, 'up'),
    };
  }

  /** Its wires go with it. */
  remove(): void {
    ip('netns', 'del', this.#name);
  }
}
