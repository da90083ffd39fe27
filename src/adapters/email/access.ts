import type { Host } from '../../sdk/index.js';
import type { SignIn } from './mailbox.js';
import { Tokens } from './oauth.js';
import type { Config } from './settings.js';
import type { SmtpSignIn } from './smtp.js';

/** What is shown to the servers: the password, or a token that works. */
export class Access {
  readonly #tokens: Tokens;

  constructor(
    private readonly config: Config,
    host: Host,
  ) {
    this.#tokens = new Tokens(config, host);
  }

  /** `refused`: a token that the server would not take. Throws `auth` where another cannot be had. */
  async imap(refused?: string): Promise<SignIn> {
    const { username: user, password: pass } = this.config.now;
    return pass === undefined ? { user, accessToken: await this.#tokens.access(refused) } : { user, pass };
  }

  smtp(): SmtpSignIn {
    const { username: user, password: pass } = this.config.now;
    return pass === undefined ? { user, access: (refused) => this.#tokens.access(refused) } : { user, pass };
  }
}
