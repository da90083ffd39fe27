import type { AccountSettings, Adapter, Clock, FormField, WebhookRequest } from '../../sdk/index.js';
import { DomainError, notFound } from '../errors.js';
import { shownCapabilities } from '../links/capabilities.js';
import { errorText } from '../log.js';
import type { PresenceOut } from '../presence/own.js';
import type { AccountService } from '../services.js';
import type { AccountView, LoginStepView, NetworkView, PageRequest } from '../views.js';
import { isConnected, limited, networkName, refusal } from './ask.js';
import type { LoginResult, Logins } from './logins.js';
import type { AccountChange, AccountRow, AccountStore } from './store.js';
import type { Supervisor } from './supervisor.js';

/** How long removing an account waits for its network. */
const SIGN_OUT_MS = 5_000;

export class Accounts implements AccountService {
  constructor(
    private readonly supervisor: Supervisor,
    private readonly store: AccountStore,
    private readonly logins: Logins,
    private readonly presence: PresenceOut,
    private readonly clock: Clock,
    private readonly changed: (userId: string) => void,
    private readonly filesAsLinks: boolean,
  ) {}

  networks(): NetworkView[] {
    return [...this.supervisor.adapters.values()]
      .map((adapter) => networkView(adapter, this.filesAsLinks))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  async startLogin(userId: string, request: { network: string; flow?: string; accountId?: string }) {
    const started = await this.logins.start(userId, request);
    if (started.step.type === 'done') await this.#done(userId, started.step.account);
    return { ...started, step: await this.#view(userId, started.step) };
  }

  async answerLogin(userId: string, loginId: string, input: Record<string, unknown>) {
    const step = await this.logins.answer(userId, loginId, input);
    if (step.type === 'done') await this.#done(userId, step.account);
    return { step: await this.#view(userId, step) };
  }

  async login(userId: string, loginId: string) {
    const { step, error } = this.logins.current(userId, loginId);
    return { step: await this.#view(userId, step), ...(error === undefined ? {} : { error }) };
  }

  async loginCallback(userId: string, loginId: string, input: Record<string, string>): Promise<void> {
    const step = await this.logins.callback(userId, loginId, input);
    if (step?.type === 'done') await this.#done(userId, step.account);
  }

  cancelLogin(userId: string, loginId: string): Promise<void> {
    return this.logins.cancel(userId, loginId);
  }

  list(userId: string, page: PageRequest) {
    return this.store.list(userId, page);
  }

  async get(userId: string, id: string): Promise<AccountView> {
    return (await this.store.view(userId, id)) ?? Promise.reject(notFound('account'));
  }

  async patch(userId: string, id: string, change: AccountChange) {
    if (!(await this.store.change(userId, id, change))) throw notFound('account');
    if (change.enabled !== undefined) await this.#reopen(id);
    this.changed(userId);
    return this.get(userId, id);
  }

  async remove(userId: string, id: string): Promise<void> {
    await this.get(userId, id);
    await this.#signOut(id);
    await this.supervisor.close(id);
    if (!(await this.store.remove(userId, id))) throw notFound('account');
    this.changed(userId);
  }

  async #signOut(id: string): Promise<void> {
    const live = this.supervisor.get(id);
    if (!isConnected(live)) return;
    await limited(this.clock, () => live.connection.signOut?.(), SIGN_OUT_MS).catch((error) =>
      live.host.log.info('the sign-in could not be ended at the network', { error: errorText(error) }),
    );
  }

  async reconnect(userId: string, id: string): Promise<AccountView> {
    await this.get(userId, id);
    await this.#reopen(id);
    return this.get(userId, id);
  }

  async settings(userId: string, id: string): Promise<{ fields: FormField[] }> {
    return { fields: shown((await this.#settingsOf(userId, id)).settings.fields()) };
  }

  async changeSettings(userId: string, id: string, input: Record<string, unknown>): Promise<{ fields: FormField[] }> {
    const { network, settings } = await this.#settingsOf(userId, id);
    await limited(this.clock, () => settings.change(input)).catch((error) => {
      throw refusal(network, error);
    });
    this.changed(userId);
    return { fields: shown(settings.fields()) };
  }

  async #settingsOf(userId: string, id: string): Promise<{ network: string; settings: AccountSettings }> {
    const account = await this.get(userId, id);
    const network = networkName(this.supervisor, account.network);
    const live = this.supervisor.get(id);
    if (!live)
      throw new DomainError(
        'conflict',
        'account-stopped',
        'This account is not connected. Switch it on, or sign in again, to see its settings.',
      );
    const { settings } = live.connection;
    if (!settings) throw new DomainError('conflict', 'no-settings', `${network}: there is nothing to set.`);
    return { network, settings };
  }

  webhook(accountId: string, request: WebhookRequest) {
    return this.supervisor.webhook(accountId, request);
  }

  publishPresence(userId: string, audience?: string): Promise<void> {
    return this.presence.publish(userId, audience);
  }

  async #reopen(id: string): Promise<void> {
    const account = await this.store.find(id);
    if (!account) return;
    await this.supervisor.close(id);
    if (account.enabled) await this.supervisor.open(account);
    else await this.supervisor.record(account, { is: 'stopped' });
  }

  async #view(userId: string, step: LoginResult): Promise<LoginStepView> {
    if (step.type !== 'done') return step;
    return { type: 'done', account: await this.get(userId, step.account.id) };
  }

  async #done(userId: string, account: AccountRow): Promise<void> {
    await this.supervisor.open(account);
    this.changed(userId);
  }
}

/** A password is never shown, whatever an adapter says. */
const shown = (fields: FormField[]): FormField[] =>
  fields.map(({ value, ...field }) => (value === undefined || field.kind === 'password' ? field : { ...field, value }));

function networkView(adapter: Adapter, filesAsLinks: boolean): NetworkView {
  const { id, name, channel, loginFlows, remark, addressHint } = adapter.manifest;
  const capabilities = shownCapabilities(adapter.manifest.capabilities, filesAsLinks);
  return { id, name, channel, loginFlows, capabilities, ...(remark === undefined ? {} : { remark }), addressHint };
}
