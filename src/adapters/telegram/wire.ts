import { z } from 'zod';

/** What is read of Telegram's objects; the rest is passed over. Texts are made well-formed here, once. */
const text = z.string().transform((value) => value.replaceAll('\0', '').toWellFormed());
const int = z.number().int();

export const userSchema = z.object({
  id: int,
  is_bot: z.boolean().optional(),
  first_name: text.optional(),
  last_name: text.optional(),
  username: text.optional(),
});

export const chatSchema = z.object({
  id: int,
  type: z.enum(['private', 'group', 'supergroup', 'channel']).catch('private'),
  title: text.optional(),
  first_name: text.optional(),
  last_name: text.optional(),
  username: text.optional(),
  is_forum: z.boolean().optional(),
});

export const entitySchema = z.object({
  type: z.string(),
  offset: int.min(0),
  length: int.min(0),
  url: text.optional(),
  language: z.string().optional(),
});

const file = z.object({
  file_id: z.string(),
  file_unique_id: z.string().catch(''),
  file_size: z.number().optional(),
  file_name: text.optional(),
  mime_type: text.optional(),
});
const photos = z.array(file.extend({ width: z.number().catch(0), height: z.number().catch(0) })).max(50);
const place = z.object({ latitude: z.number(), longitude: z.number(), live_period: z.number().optional() });
const topic = z.object({ name: text.optional() });
const button = z.object({ text, callback_data: z.string().optional(), url: z.string().optional() });
const entities = z.array(entitySchema).max(1_000).optional().catch(undefined);

/** A message it answers, as far as an answer needs it. */
const answered = z.object({ message_id: int, forum_topic_created: topic.optional(), chat: chatSchema.optional() });

export const messageSchema = z.object({
  message_id: int,
  message_thread_id: int.optional(),
  is_topic_message: z.boolean().optional(),
  from: userSchema.optional(),
  sender_chat: chatSchema.optional(),
  author_signature: text.optional(),
  date: z.number(),
  edit_date: z.number().optional(),
  chat: chatSchema,
  forward_origin: z
    .object({
      sender_user: userSchema.optional(),
      sender_user_name: text.optional(),
      sender_chat: chatSchema.optional(),
      chat: chatSchema.optional(),
    })
    .optional()
    .catch(undefined),
  reply_to_message: answered.optional().catch(undefined),
  text: text.optional(),
  entities,
  caption: text.optional(),
  caption_entities: entities,
  animation: file.optional(),
  audio: file.extend({ title: text.optional(), performer: text.optional() }).optional(),
  document: file.optional(),
  photo: photos.optional(),
  sticker: file
    .extend({ emoji: text.optional(), is_animated: z.boolean().optional(), is_video: z.boolean().optional() })
    .optional(),
  video: file.optional(),
  video_note: file.optional(),
  voice: file.optional(),
  contact: z.object({ phone_number: text, first_name: text.optional(), last_name: text.optional() }).optional(),
  dice: z.object({ emoji: text, value: z.number() }).optional(),
  poll: z.object({ question: text, options: z.array(z.object({ text })).max(50) }).optional(),
  venue: z.object({ title: text, address: text.optional(), location: place }).optional(),
  location: place.optional(),
  new_chat_members: z.array(userSchema).max(200).optional(),
  left_chat_member: userSchema.optional(),
  new_chat_title: text.optional(),
  new_chat_photo: photos.optional(),
  delete_chat_photo: z.boolean().optional(),
  group_chat_created: z.boolean().optional(),
  supergroup_chat_created: z.boolean().optional(),
  channel_chat_created: z.boolean().optional(),
  migrate_to_chat_id: int.optional(),
  migrate_from_chat_id: int.optional(),
  pinned_message: z.object({ text: text.optional(), caption: text.optional() }).optional(),
  forum_topic_created: topic.optional(),
  forum_topic_edited: topic.optional(),
  forum_topic_closed: z.object({}).optional(),
  forum_topic_reopened: z.object({}).optional(),
});

const member = z.object({ status: z.string(), user: userSchema, is_member: z.boolean().optional() });
export const memberSchema = member.extend({ custom_title: text.optional() });

const memberChange = z.object({
  chat: chatSchema,
  from: userSchema,
  date: z.number(),
  old_chat_member: member,
  new_chat_member: member,
});

const reactions = z.array(z.object({ type: z.string(), emoji: text.optional() })).max(50);

export const updateSchema = z.object({
  update_id: int,
  message: messageSchema.optional(),
  edited_message: messageSchema.optional(),
  channel_post: messageSchema.optional(),
  edited_channel_post: messageSchema.optional(),
  message_reaction: z
    .object({
      chat: chatSchema,
      message_id: int,
      user: userSchema.optional(),
      actor_chat: chatSchema.optional(),
      date: z.number(),
      old_reaction: reactions,
      new_reaction: reactions,
    })
    .optional(),
  callback_query: z
    .object({
      id: z.string().max(200),
      from: userSchema,
      data: text.optional(),
      message: z
        .object({
          message_id: int.optional(),
          message_thread_id: int.optional(),
          is_topic_message: z.boolean().optional(),
          chat: chatSchema,
          reply_markup: z
            .object({ inline_keyboard: z.array(z.array(button).max(100)).max(100) })
            .optional()
            .catch(undefined),
        })
        .optional(),
    })
    .optional(),
  my_chat_member: memberChange.optional(),
  chat_member: memberChange.optional(),
});

export type WireUser = z.output<typeof userSchema>;
export type WireChat = z.output<typeof chatSchema>;
export type WireEntity = z.output<typeof entitySchema>;
export type WireMessage = z.output<typeof messageSchema>;
export type WireUpdate = z.output<typeof updateSchema>;
export type WireMemberChange = z.output<typeof memberChange>;
export type WireFile = z.output<typeof file>;

/** Asked for by name: Telegram leaves out reactions and members unless it is told to send them. */
export const updateKinds = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'message_reaction',
  'callback_query',
  'my_chat_member',
  'chat_member',
];

/** A batch; what is in it is read one by one, so that one bad update spoils no other. */
export const updatesSchema = z.array(z.unknown()).max(1_000);
/** The number alone, of an update that cannot be read otherwise. */
export const updateNumberSchema = z.object({ update_id: int });

export const meSchema = userSchema.extend({
  can_read_all_group_messages: z.boolean().optional(),
  can_join_groups: z.boolean().optional(),
});
export type Me = z.output<typeof meSchema>;

export const sentSchema = z.object({ message_id: int.positive(), date: z.number().optional() });
export const fileSchema = z.object({
  file_id: z.string(),
  file_path: z.string().min(1).max(1_000).optional(),
  file_size: z.number().optional(),
});
export const photosSchema = z.object({ photos: z.array(photos).max(10) });
export const webhookInfoSchema = z.object({
  url: z.string(),
  pending_update_count: z.number().catch(0),
  last_error_date: z.number().optional(),
  last_error_message: text.optional(),
});
