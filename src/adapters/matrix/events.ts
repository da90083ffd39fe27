import { z } from 'zod';

const record = z.record(z.string(), z.unknown());

/** An event as the server gives it. What an event means is read from its content by its own schema. */
const raw = z.looseObject({
  type: z.string().max(500),
  event_id: z.string().max(300),
  sender: z.string().min(1).max(300),
  origin_server_ts: z.number().catch(0),
  state_key: z.string().max(500).optional().catch(undefined),
  content: record.catch({}),
  redacts: z.string().max(300).optional().catch(undefined),
  unsigned: record.optional().catch(undefined),
});
export type RawEvent = z.infer<typeof raw>;

/** State as invitations carry it, and what is no event of a room at all. */
const bare = z.looseObject({
  type: z.string().max(500),
  sender: z.string().max(300).catch(''),
  state_key: z.string().max(500).optional().catch(undefined),
  content: record.catch({}),
});
export type BareEvent = z.infer<typeof bare>;

/** What is not an event is left out: one broken entry costs no other. */
const listOf = <T extends z.ZodType>(one: T) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((all) =>
      all.flatMap((value): z.infer<T>[] => {
        const read = one.safeParse(value);
        return read.success ? [read.data] : [];
      }),
    );
const rawEvents = listOf(raw);
const bareEvents = listOf(bare);
const inside = <T extends z.ZodRawShape>(shape: T) => z.looseObject(shape).optional().catch(undefined);
const names = z.array(z.string().max(300)).optional().catch(undefined);

const joined = z.looseObject({
  summary: inside({
    'm.heroes': names,
    'm.joined_member_count': z.number().int().nonnegative().optional().catch(undefined),
  }),
  state: inside({ events: rawEvents.optional() }),
  timeline: inside({
    events: rawEvents.optional(),
    limited: z.boolean().optional().catch(undefined),
    prev_batch: z.string().optional().catch(undefined),
  }),
  ephemeral: inside({ events: bareEvents.optional() }),
});
export type JoinedRoom = z.infer<typeof joined>;

const rooms = <T extends z.ZodType>(one: T) => z.record(z.string().max(300), one).optional().catch(undefined);

export const syncAnswer = z.looseObject({
  next_batch: z.string().min(1).max(4000),
  account_data: inside({ events: bareEvents.optional() }),
  presence: inside({ events: bareEvents.optional() }),
  to_device: inside({ events: z.array(z.unknown()).optional().catch(undefined) }),
  device_lists: inside({ changed: names, left: names }),
  device_one_time_keys_count: z.record(z.string(), z.number()).optional().catch(undefined),
  device_unused_fallback_key_types: names,
  rooms: inside({
    join: rooms(joined),
    invite: rooms(z.looseObject({ invite_state: inside({ events: bareEvents.optional() }) })),
    leave: rooms(z.looseObject({ timeline: inside({ events: rawEvents.optional() }) })),
  }),
});
export type SyncAnswer = z.infer<typeof syncAnswer>;

export const messagesAnswer = z.looseObject({
  chunk: rawEvents,
  state: rawEvents.optional(),
  end: z.string().optional().catch(undefined),
});

export const oneEvent = raw;

const textOf = z.string().catch('');
const encryptedFile = z.object({
  url: z.string().max(500),
  key: z.looseObject({ k: z.string().max(200) }),
  iv: z.string().max(200),
  hashes: z.looseObject({ sha256: z.string().max(200) }),
});
export type EncryptedFile = z.infer<typeof encryptedFile>;

export const messageContent = z.looseObject({
  msgtype: textOf,
  body: textOf,
  format: z.string().optional().catch(undefined),
  formatted_body: z.string().optional().catch(undefined),
  filename: z.string().optional().catch(undefined),
  url: z.string().max(500).optional().catch(undefined),
  geo_uri: z.string().max(300).optional().catch(undefined),
  file: encryptedFile.optional().catch(undefined),
  info: inside({
    mimetype: z.string().max(200).optional().catch(undefined),
    size: z.number().nonnegative().optional().catch(undefined),
  }),
  'm.new_content': record.optional().catch(undefined),
  'm.relates_to': inside({
    rel_type: z.string().max(100).optional().catch(undefined),
    event_id: z.string().max(300).optional().catch(undefined),
    key: z.string().max(300).optional().catch(undefined),
    is_falling_back: z.boolean().optional().catch(undefined),
    'm.in_reply_to': inside({ event_id: z.string().max(300) }),
  }),
});
export type MessageContent = z.infer<typeof messageContent>;
