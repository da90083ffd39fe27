import type { FormField } from '../../sdk/index.js';

const from: FormField = {
  name: 'from',
  label: 'Sent from',
  kind: 'text',
  required: true,
  placeholder: '+44 7700 900123',
  help: 'Your number with its country code, a short code, or a name of at most 11 letters. Names cannot be answered. Several go with commas between: each person gets messages from one of them, always the same.',
};
const region: FormField = {
  name: 'region',
  label: 'Home country',
  kind: 'text',
  required: false,
  placeholder: 'GB',
  help: 'Two-letter code. Numbers without a country code are read as numbers of this country.',
  advanced: true,
};

export const smppFields: FormField[] = [
  { name: 'host', label: 'SMS centre', kind: 'text', required: true, placeholder: 'smpp.example.org' },
  { name: 'port', label: 'Port', kind: 'number', required: true, default: '2775' },
  { name: 'systemId', label: 'System id', kind: 'text', required: true },
  { name: 'password', label: 'Password', kind: 'password', required: true },
  from,
  {
    name: 'tls',
    label: 'Encryption (TLS)',
    kind: 'choice',
    required: false,
    default: 'off',
    choices: [
      { value: 'off', label: 'Off' },
      { value: 'on', label: 'On' },
    ],
    advanced: true,
  },
  { name: 'systemType', label: 'System type', kind: 'text', required: false, advanced: true },
  region,
];

export const httpFields: FormField[] = [
  {
    name: 'url',
    label: 'Gateway address',
    kind: 'url',
    required: true,
    placeholder: 'https://gateway.example.org:13013/cgi-bin/sendsms',
    help: 'The address that takes messages; for Kannel, its sendsms page (its max-messages should be 10 or more).',
  },
  { name: 'username', label: 'User name', kind: 'text', required: false },
  { name: 'password', label: 'Password', kind: 'password', required: false },
  from,
  {
    name: 'method',
    label: 'Request',
    kind: 'choice',
    required: false,
    default: 'get',
    choices: [
      { value: 'get', label: 'GET (Kannel)' },
      { value: 'form', label: 'POST, form fields' },
      { value: 'json', label: 'POST, JSON' },
    ],
    advanced: true,
  },
  {
    name: 'auth',
    label: 'Sign-in is sent as',
    kind: 'choice',
    required: false,
    default: 'parameters',
    choices: [
      { value: 'parameters', label: 'Parameters' },
      { value: 'basic', label: 'HTTP Basic' },
      { value: 'bearer', label: 'Bearer token (the password)' },
    ],
    advanced: true,
  },
  {
    name: 'parameters',
    label: 'Parameter names',
    kind: 'text',
    required: false,
    placeholder: 'to={toDigits}&from={from}&message={text}',
    help: 'For gateways other than Kannel: name=value pairs; {from} {to} {toDigits} {text} {username} {password} {coding} {dlrUrl} {key} are filled in.',
    advanced: true,
  },
  {
    name: 'webhookToken',
    label: 'Webhook secret',
    kind: 'password',
    required: false,
    help: 'Part of the addresses the gateway calls with incoming messages. Left empty, one is made for you.',
    advanced: true,
  },
  {
    name: 'signingSecret',
    label: 'Signing secret',
    kind: 'password',
    required: false,
    help: 'Where the gateway signs its calls (HMAC-SHA256 of the body, in X-Signature or X-Hub-Signature-256): calls without a right signature are refused.',
    advanced: true,
  },
  region,
];
