import type { Adapter } from '../../sdk/index.js';
import { SmsConnection } from './connection.js';
import { smsCapabilities } from './features.js';
import { SmsLogin } from './login.js';
import { segments } from './text.js';

const adapter: Adapter = {
  manifest: {
    id: 'sms',
    name: 'SMS',
    channel: 'sms',
    sdk: 1,
    loginFlows: [
      {
        id: 'smpp',
        label: 'SMS centre (SMPP)',
        description: 'A direct line to an SMS centre or an aggregator, for messages both ways and delivery reports.',
      },
      {
        id: 'http',
        label: 'SMS gateway (HTTP)',
        description:
          'A gateway with a web address, such as Kannel. To receive, point its incoming messages to /incoming?token=… behind ' +
          "this account's webhook address; delivery reports find their way by themselves.",
      },
    ],
    capabilities: smsCapabilities,
    remark: 'Needs an account at an SMS centre or gateway; it does not read the messages of a phone.',
    addressHint: 'phone number with country code, such as +44 7700 900123',
  },
  parts: (text) => segments(text).count,
  login: (flow, { signal }) => new SmsLogin(flow, signal),
  open: (account, host) => new SmsConnection(account, host),
};

export default adapter;
