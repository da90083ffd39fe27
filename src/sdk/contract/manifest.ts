import type { Channel } from './common.js';
import type { Features } from './features.js';
import type { LoginFlow } from './login.js';

export type Manifest = {
  /** Stable network id: lower-case letters, digits and dashes. */
  id: string;
  name: string;
  channel: Channel;
  /** The SDK major the adapter was written for; the loader refuses another. */
  sdk: 1;
  /** The first flow is the plain one. */
  loginFlows: LoginFlow[];
  /** What a usual chat of this network can do; the UI's capability document before an account exists. */
  capabilities: Capabilities;
  /** What a usual group or channel can do, where that is not the same. */
  roomCapabilities?: Capabilities;
  /** A sentence for people where signing in is not what they expect ("a bot inbox"). */
  remark?: string;
  /** How an address of this network looks, for the "new chat" box, e.g. `nick or #channel`. */
  addressHint: string;
};

/** The capability document the UI reads: `Features` without its verbs, so the two cannot drift. */
export type Capabilities = {
  send: Omit<Features['send'], 'message'>;
  edits: boolean;
  deletions: boolean;
  reactions: boolean;
  typing: boolean;
  readReceipts: boolean;
  presence: boolean;
  history: boolean;
  members: boolean;
  invites: boolean;
  topic: boolean;
};

/** Answers the capability document of a features object. */
export function capabilitiesOf(features: Features): Capabilities {
  const { message: _message, ...send } = features.send;
  return {
    send,
    edits: features.edits !== undefined,
    deletions: features.deletions !== undefined,
    reactions: features.reactions !== undefined,
    typing: features.typing !== undefined,
    readReceipts: features.readReceipts !== undefined,
    presence: features.presence,
    history: features.history !== undefined,
    members: features.members !== undefined,
    invites: features.invites !== undefined,
    topic: features.topic !== undefined,
  };
}
