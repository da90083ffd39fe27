'use client';
import { call, messageOf } from '../../lib/api/client';
import type { BodyInput, Contact, Conversation } from '../../lib/api/types';
import { plural } from '../../lib/format';
import { t } from '../../lib/i18n';
import { markOf, pictureOf } from '../../lib/pictures';
import { go, link } from '../../lib/router';
import { applyChange } from '../../lib/sync/apply';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { inOrder, NetworkGlyph, networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { presenceText } from '../../ui/presence-dot';
import { runCommand } from '../commands/registry';

export async function patchChat(id: string, body: BodyInput<'patchConversation'>): Promise<void> {
  try {
    const value = await call('patchConversation', { params: { id }, body });
    applyChange({ kind: 'conversation', id, rev: value.rev, value });
  } catch (error) {
    notify(messageOf(error));
  }
}

type Props = { conversation: Conversation; contact: Contact | undefined; panelOpen: boolean };

export function ChatHead({ conversation, contact, panelOpen }: Props) {
  const room = conversation.kind !== 'direct';
  const networks = inOrder(conversation.chats.map((chat) => chat.network));
  const here = link.conversation(conversation.id);
  return (
    <header className="pane-head chat-head">
      <a className="icon-button back" href={link.home} aria-label="Back to the list">
        <Icon name="back" />
      </a>
      <a className="chat-who" href={panelOpen ? here : link.conversationPerson(conversation.id)}>
        <Avatar
          name={conversation.name}
          seed={conversation.contactId ?? conversation.id}
          url={pictureOf(contact)}
          size={36}
          presence={contact?.presence.state}
          mark={markOf(conversation)}
        />
        <span className="chat-who-text">
          <h1 className="chat-name">
            <bdi>{conversation.name}</bdi>
            <Lock conversation={conversation} />
          </h1>
          <span className="chat-about">{aboutOf(conversation, contact)}</span>
        </span>
      </a>
      <span className="chat-networks">
        {networks.map((network) => (
          <NetworkGlyph key={network} network={network} size={16} />
        ))}
      </span>
      <a
        className="icon-button"
        href={panelOpen ? here : link.conversationPerson(conversation.id)}
        aria-label={room ? 'About this conversation' : 'About this person'}
        title={room ? 'About this conversation' : 'About this person'}
        aria-current={panelOpen ? 'page' : undefined}
      >
        <Icon name={room ? 'people' : 'person'} />
      </a>
      <ChatMenu conversation={conversation} />
    </header>
  );
}

/** One closed lock where every chat is end-to-end encrypted. */
function Lock({ conversation: { chats } }: { conversation: Conversation }) {
  if (chats.length === 0 || !chats.every((chat) => chat.encrypted)) return null;
  return (
    <span className="chat-lock" role="img" aria-label="End-to-end encrypted" title="End-to-end encrypted">
      <Icon name="lock" size={14} />
    </span>
  );
}

function aboutOf(conversation: Conversation, contact: Contact | undefined): string {
  if (conversation.group) return namesOf(conversation.group.members.map((one) => one.name));
  if (conversation.kind !== 'direct') {
    const count = conversation.chats.find((chat) => chat.memberCount !== undefined)?.memberCount;
    const topic = conversation.chats.find((chat) => chat.topic)?.topic;
    const networks = inOrder(conversation.chats.map((chat) => chat.network)).map(networkName);
    return [count ? plural(count, 'member') : null, topic ?? networks.join(', ')].filter(Boolean).join(' · ');
  }
  if (!contact) return conversation.chats.map((chat) => chat.name).join(', ');
  const { state, note } = contact.presence;
  if (state === 'unknown') return contact.buddies[0]?.address ?? contact.addresses[0]?.value ?? presenceText('unknown');
  return note ? `${presenceText(state)}: ${note}` : presenceText(state);
}

/** As many as a line holds; it ends where there is no more room. */
const namesOf = (names: string[]): string =>
  names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} others` : names.join(', ');

const never = '9999-12-31T00:00:00.000Z';
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

function ChatMenu({ conversation }: { conversation: Conversation }) {
  const { id, pinned, archived, mutedUntil } = conversation;
  const muted = mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
  const act = (body: BodyInput<'patchConversation'>, after?: () => void) => () => void patchChat(id, body).then(after);
  return (
    <Menu label="Conversation actions" title="More" trigger={<Icon name="more" />}>
      <MenuItem onSelect={act({ pinned: !pinned })}>
        <Icon name="pin" /> {pinned ? 'Unpin' : 'Pin to the top'}
      </MenuItem>
      <MenuItem onSelect={act({ archived: !archived }, () => !archived && go(link.home))}>
        <Icon name="archive" /> {archived ? 'Take out of the archive' : 'Archive'}
      </MenuItem>
      <hr className="menu-line" />
      {muted ? (
        <MenuItem onSelect={act({ mutedUntil: null })}>
          <Icon name="mute" /> Unmute
        </MenuItem>
      ) : (
        <>
          <MenuItem onSelect={act({ mutedUntil: inHours(1) })}>
            <Icon name="mute" /> Mute for an hour
          </MenuItem>
          <MenuItem onSelect={act({ mutedUntil: inHours(24) })}>
            <Icon name="mute" /> Mute for a day
          </MenuItem>
          <MenuItem onSelect={act({ mutedUntil: never })}>
            <Icon name="mute" /> Mute until I unmute
          </MenuItem>
        </>
      )}
      <hr className="menu-line" />
      <MenuItem onSelect={() => runCommand('scene')}>
        <Icon name="settings" /> {t('shell.scene')}
      </MenuItem>
    </Menu>
  );
}
