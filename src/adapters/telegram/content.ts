import type { Rich } from './formatting.js';
import { chatName, userName } from './ids.js';
import type { WireFile, WireMessage, WireUser } from './wire.js';

/** A file of a message, not fetched yet. */
export type Remote = { fileId: string; name: string; type: string; size: number | undefined };
/** What a message says. `notice` is Telegram's own word about the chat, not a person's. */
export type Content = Rich & { files: Remote[]; notice?: boolean };

const nothing = { text: '', entities: [], files: [] };
const said = (text: string): Content => ({ ...nothing, text });
const notice = (text: string): Content => ({ ...nothing, text, notice: true });

const remote = (file: WireFile, name: string, type: string): Remote => ({
  fileId: file.file_id,
  name: file.file_name?.trim() || name,
  type: file.mime_type ?? type,
  size: file.file_size,
});

const withCaption = (message: WireMessage, file: Remote): Content => ({
  text: message.caption ?? '',
  entities: message.caption_entities ?? [],
  files: [file],
});

const coordinates = (place: { latitude: number; longitude: number }) =>
  `geo:${Number(place.latitude.toFixed(6))},${Number(place.longitude.toFixed(6))}`;
const names = (users: WireUser[]) => users.map(userName).join(', ');
const quoted = (text: string) => `“${text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text}”`;

type Reader = (message: WireMessage, by: string) => Content | undefined;

/** One entry for each thing a message can be; the first that fits tells it. Before the plain text come its own kinds. */
const readers: Reader[] = [
  ({ text, entities }) => (text === undefined ? undefined : { text, entities: entities ?? [], files: [] }),
  (message) => {
    const largest = message.photo?.toSorted((a, b) => a.width * a.height - b.width * b.height).at(-1);
    return largest && withCaption(message, remote(largest, `photo-${message.message_id}.jpg`, 'image/jpeg'));
  },
  (message) => message.animation && withCaption(message, remote(message.animation, 'animation.mp4', 'video/mp4')),
  (message) => message.video && withCaption(message, remote(message.video, 'video.mp4', 'video/mp4')),
  (message) => message.video_note && withCaption(message, remote(message.video_note, 'video-note.mp4', 'video/mp4')),
  (message) => message.voice && withCaption(message, remote(message.voice, 'voice.ogg', 'audio/ogg')),
  (message) => message.audio && withCaption(message, remote(message.audio, audioName(message), 'audio/mpeg')),
  (message) => message.document && withCaption(message, remote(message.document, 'file', 'application/octet-stream')),
  ({ sticker }) => sticker && { ...said(`Sticker ${sticker.emoji ?? ''}`.trim()), files: [stickerFile(sticker)] },
  ({ venue }) => venue && said([venue.title, venue.address, coordinates(venue.location)].filter(Boolean).join('\n')),
  ({ location }) =>
    location && said(`${location.live_period === undefined ? 'Location' : 'Live location'}\n${coordinates(location)}`),
  ({ contact }) =>
    contact &&
    said(`Contact: ${[contact.first_name, contact.last_name].filter(Boolean).join(' ')}, ${contact.phone_number}`),
  ({ poll }) => poll && said([`Poll: ${poll.question}`, ...poll.options.map(({ text }) => `- ${text}`)].join('\n')),
  ({ dice }) => dice && said(`${dice.emoji} ${dice.value}`),
  ({ new_chat_members: people }, by) =>
    people && notice(names(people) === by ? `${by} joined` : `${by} added ${names(people)}`),
  ({ left_chat_member: person }, by) =>
    person && notice(userName(person) === by ? `${by} left` : `${by} removed ${userName(person)}`),
  ({ new_chat_title: title }, by) =>
    title === undefined ? undefined : notice(`${by} named the chat ${quoted(title)}`),
  ({ new_chat_photo: photo }, by) => photo && notice(`${by} changed the picture of the chat`),
  ({ delete_chat_photo: gone }, by) => (gone ? notice(`${by} removed the picture of the chat`) : undefined),
  (message, by) =>
    message.group_chat_created || message.supergroup_chat_created || message.channel_chat_created
      ? notice(`${by} created the chat`)
      : undefined,
  ({ migrate_to_chat_id: to }) => (to === undefined ? undefined : notice('The group became a supergroup')),
  ({ pinned_message: pinned }, by) =>
    pinned && notice(`${by} pinned ${quoted(pinned.text ?? pinned.caption ?? 'a message')}`),
  ({ forum_topic_created: topic }, by) => topic && notice(`${by} opened the topic ${quoted(topic.name ?? '')}`),
  ({ forum_topic_edited: topic }, by) =>
    topic &&
    notice(topic.name === undefined ? `${by} changed the topic` : `${by} named the topic ${quoted(topic.name)}`),
  ({ forum_topic_closed: closed }, by) => closed && notice(`${by} closed the topic`),
  ({ forum_topic_reopened: opened }, by) => opened && notice(`${by} opened the topic again`),
];

function audioName({ audio }: WireMessage): string {
  const name = [audio?.performer, audio?.title].filter(Boolean).join(' - ');
  return `${name || 'audio'}.mp3`;
}

function stickerFile(sticker: NonNullable<WireMessage['sticker']>): Remote {
  if (sticker.is_video) return remote(sticker, 'sticker.webm', 'video/webm');
  if (sticker.is_animated) return remote(sticker, 'sticker.tgs', 'application/x-tgsticker');
  return remote(sticker, 'sticker.webp', 'image/webp');
}

/**
 * What a message says; a kind that is not known is named as such, so that nothing arrives as an empty message. Undefined
 * for the second of the two messages about a group that moved.
 */
export function contentOf(message: WireMessage): Content | undefined {
  if (message.migrate_from_chat_id !== undefined) return undefined;
  const by = message.from ? userName(message.from) : chatName(message.sender_chat ?? message.chat);
  for (const read of readers) {
    const content = read(message, by);
    if (content) return forwarded(message, content);
  }
  return notice(`${by} sent something that can only be seen on Telegram`);
}

function forwarded({ forward_origin: origin }: WireMessage, content: Content): Content {
  if (!origin) return content;
  const chat = origin.sender_chat ?? origin.chat;
  const who = origin.sender_user ? userName(origin.sender_user) : (origin.sender_user_name ?? (chat && chatName(chat)));
  const head = `Forwarded from ${who ?? 'somebody'}${content.text === '' ? '' : ':\n'}`;
  const entities = content.entities.map((entity) => ({ ...entity, offset: entity.offset + head.length }));
  return { ...content, text: `${head}${content.text}`, entities };
}
