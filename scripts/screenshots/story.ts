import type { ChatInfo, Event, IncomingAttachment, Member, MessageEvent } from '../../src/sdk/index.js';
import { eventually, type Parley } from '../../test/support/parley.ts';
import type { Stage } from '../../test/support/stage.ts';
import { cast, faceOf, type Person, people } from './cast.ts';
import { photo, voice } from './drawn.ts';

/** What happens on Matrix and XMPP, over some days: with pictures, rooms, threads and people who come and go. */
export const own = { matrix: '@robin:boatshed.example', xmpp: 'robin@jabber.example' } as const;
type Network = keyof typeof own;

const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

export const shed: ChatInfo = {
  id: '!shed:boatshed.example',
  kind: 'group',
  name: 'Boat club',
  topic: 'Regatta on Saturday: slip from nine, first start at eleven',
  encrypted: true,
  memberCount: 8,
};
export const tides: ChatInfo = {
  id: '!tides:boatshed.example',
  kind: 'group',
  name: 'Tide table API',
  topic: 'Release 2.4 · one reviewer a change',
  memberCount: 5,
};

let count = 0;
const who = ({ id, name }: Person) => ({ id, address: id, name });

type Said = Partial<MessageEvent> & { ago: number };

/** Without `from`: by the user, with another program. */
function say(chat: ChatInfo, from: Person | undefined, text: string, { ago, ...more }: Said): MessageEvent {
  count += 1;
  return {
    type: 'message',
    chat,
    id: `$${count}`,
    ...(from ? { from: who(from) } : {}),
    text,
    format: 'plain',
    at: Date.now() - ago,
    ...more,
  };
}

const direct = ({ id }: Person): ChatInfo => ({ id, kind: 'direct', encrypted: true });
const react = (chat: ChatInfo, target: string, emoji: string, ...by: (Person | undefined)[]): Event[] =>
  by.map((from) => ({
    type: 'reaction',
    chat,
    target,
    emoji,
    on: true,
    at: Date.now() - minute,
    ...(from ? { from: who(from) } : {}),
  }));
const file = (name: string, type: string, content: Buffer): IncomingAttachment => ({
  name,
  type,
  size: content.length,
  content,
});

export class Story {
  constructor(
    private readonly parley: Parley,
    private readonly stage: Stage,
  ) {}

  async tell(network: Network, ...events: Event[]): Promise<void> {
    await this.stage.deliver(own[network], ...events);
  }

  async begin(): Promise<void> {
    for (const [network, name] of Object.entries(own)) {
      const { id } = await this.parley.signIn(network, 'password', { name });
      await this.parley.ok('PATCH', `/accounts/${id}`, { name });
      await this.parley.online(id);
    }
    for (const one of cast) await this.#meet(one);
    const { ada, noor, eske, mateo, amara, lena, henrik, sofia } = people;
    const roles = (...all: Person[]) =>
      all.map((one, place): Member => ({ buddy: who(one), role: place === 0 ? 'owner' : 'member', presence: one.is }));
    await this.#members(shed, roles(ada, noor, eske, henrik, sofia, lena, mateo));
    await this.#members(tides, roles(mateo, amara, lena, eske));
    await this.#friends();
    await this.#club();
    await this.#work();
  }

  async #meet(one: Person): Promise<void> {
    const content = await faceOf(one);
    const { network, groups, timeZone, is, note, idleMinutes, activity } = one;
    await this.tell(
      network,
      {
        type: 'contact',
        buddy: who(one),
        listed: true,
        groups,
        ...(timeZone ? { timeZone } : {}),
        ...(content ? { avatar: { id: one.id, type: 'image/png', content } } : {}),
      },
      {
        type: 'presence',
        buddy: who(one),
        state: is,
        ...(note ? { note } : {}),
        ...(idleMinutes ? { idleSince: Date.now() - idleMinutes * minute } : {}),
        ...(activity ? { activity } : {}),
      },
    );
  }

  async #members(chat: ChatInfo, members: Member[]): Promise<void> {
    await this.stage.order(own.matrix, { do: 'members', chat: chat.id, members });
    await this.tell('matrix', { type: 'chat', chat, joined: true });
  }

  async #friends(): Promise<void> {
    const { ada, noor, samuel, hana, sofia, ingrid, amara } = people;
    const n = direct(noor);
    const picture = say(n, noor, 'This morning, before anybody was up', {
      ago: 5 * hour,
      attachments: [file('IMG_2214.jpg', 'image/jpeg', await photo('dawn'))],
    });
    const evening = say(direct(ada), ada, 'From the slip last night. She floats!', {
      ago: 64 * minute,
      attachments: [file('evening.jpg', 'image/jpeg', await photo('dusk'))],
    });
    await this.tell(
      'matrix',
      evening,
      ...react(direct(ada), evening.id, '🎉', undefined),
      say(n, noor, 'Are you coming to the island on Sunday?', { ago: day + 4 * hour }),
      say(n, undefined, 'If the wind lets us. Samuel wants to come too.', { ago: day + 4 * hour - 5 * minute }),
      say(n, noor, 'Then we need the big tent. And somebody who can cook.', { ago: day + 4 * hour - 8 * minute }),
      picture,
      ...react(n, picture.id, '😍', undefined),
      say(n, undefined, 'Unfair. I was in a meeting about anchors.', { ago: 5 * hour - 10 * minute }),
      say(n, noor, '', {
        ago: 50 * minute,
        attachments: [file('Voice message.wav', 'audio/wav', voice(34, 5))],
      }),
      say(n, noor, 'Too long to type, sorry!', { ago: 49 * minute }),
      say(direct(sofia), sofia, 'I found your hat. It was in the sail locker.', { ago: 26 * hour }),
      say(direct(sofia), undefined, 'It has been there since June, then.', { ago: 25 * hour }),
      say(direct(amara), amara, 'Call me when you are out of the review?', { ago: 18 * minute }),
    );
    await this.tell(
      'xmpp',
      say(direct(samuel), samuel, 'Landed. It is 31 degrees and I packed a wool jumper.', { ago: 3 * hour }),
      say(direct(samuel), undefined, 'You will need it here on Sunday, believe me.', { ago: 3 * hour - 6 * minute }),
      say(direct(hana), hana, 'The photographs of the old harbour are in the shared folder.', { ago: 2 * day }),
      say(direct(ingrid), ingrid, 'Do you still have the blue casserole?', { ago: 6 * hour }),
    );
  }

  async #club(): Promise<void> {
    const { ada, noor, eske, henrik, sofia } = people;
    const start = say(
      shed,
      henrik,
      'Who takes the safety boat on Saturday? It needs two, and one must have the radio licence.',
      {
        ago: 26 * hour,
      },
    );
    const answers = [
      say(shed, sofia, 'I have the licence. I need somebody who can throw a line.', {
        ago: 25.8 * hour,
        thread: start.id,
      }),
      say(shed, undefined, 'I can throw. I cannot promise to hit.', { ago: 25.7 * hour, thread: start.id }),
      say(shed, henrik, 'Sofia and Robin, then. Radios are charged, channel 72.', {
        ago: 25.6 * hour,
        thread: start.id,
      }),
      say(shed, sofia, 'I bring the long line and dry gloves.', { ago: 3 * hour, thread: start.id }),
    ];
    const pictures = say(shed, noor, 'Rigged and ready. The blue one got her new name last night.', {
      ago: 100 * minute,
      attachments: [
        file('harbour-noon.jpg', 'image/jpeg', await photo('noon')),
        file('evening.jpg', 'image/jpeg', await photo('dusk')),
      ],
    });
    const question = say(shed, eske, 'Is there still room in the van? I have two paddles and a very large dog.', {
      ago: 42 * minute,
    });
    const mine = say(shed, undefined, 'There is room for the dog. We will see about the paddles.', {
      ago: 38 * minute,
      replyTo: question.id,
    });
    await this.tell(
      'matrix',
      start,
      ...answers,
      pictures,
      ...react(shed, pictures.id, '❤️', ada, henrik, sofia, undefined),
      ...react(shed, pictures.id, '⛵', eske, ada),
      say(shed, ada, 'She looks better than most of us will at nine on Saturday.', { ago: 97 * minute }),
      question,
      mine,
      ...react(shed, mine.id, '😂', eske, ada, noor),
      ...[ada, noor, eske].map(
        (one): Event => ({
          type: 'receipt',
          target: mine.id,
          proves: 'read',
          upTo: shed,
          from: who(one),
          at: Date.now() - 30 * minute,
        }),
      ),
      say(shed, ada, 'Robin: can you print the course map, five copies? The club printer eats paper again.', {
        ago: 12 * minute,
      }),
      say(shed, henrik, 'And one in A3 for the jury.', { ago: 11 * minute }),
    );
  }

  async #work(): Promise<void> {
    const { mateo, amara, lena } = people;
    const code = [
      'The rounding of the 2.4 branch, as agreed:',
      '```ts',
      '/** Height of the tide at a time, in centimetres above chart datum. */',
      'export function heightAt(station: Station, at: Date): number {',
      '  const hours = (at.getTime() - EPOCH) / 3_600_000;',
      '  return station.constituents.reduce(',
      '    (sum, { amplitude, speed, phase }) => sum + amplitude * Math.cos(speed * hours - phase),',
      '    station.mean,',
      '  );',
      '}',
      '```',
    ].join('\n');
    const review = say(tides, mateo, code, { ago: 95 * minute });
    await this.tell(
      'matrix',
      say(tides, lena, 'Morning! The staging stations are back, all 214 of them.', { ago: 5 * hour }),
      say(tides, amara, 'I measured again: 3 ms a request at the median, 11 ms at the 99th.', { ago: 4.8 * hour }),
      review,
      ...react(tides, review.id, '👍', amara, lena),
      say(tides, undefined, 'Reads well. Does it hold for the stations without a mean?', {
        ago: 90 * minute,
        replyTo: review.id,
      }),
      say(tides, mateo, 'They have none on purpose: the loader refuses them. The figures are in the report.', {
        ago: 85 * minute,
        attachments: [file('tide-report-2.4.pdf', 'application/pdf', Buffer.alloc(1_480_000, '%PDF-1.7 '))],
      }),
      say(tides, amara, 'Merging after lunch unless somebody shouts.', { ago: 60 * minute }),
      {
        type: 'edit',
        chat: tides,
        target: `$${count}`,
        text: 'Merging at three unless somebody shouts.',
        at: Date.now() - 58 * minute,
      },
    );
  }

  async conversation(name: string): Promise<string> {
    return this.parley.idOf('conversations', name);
  }

  /** The message of a conversation that says this. */
  async message(conversation: string, text: string): Promise<string> {
    return eventually(async () => {
      const { items } = await this.parley.ok('GET', `/conversations/${conversation}/messages?limit=50`);
      return items.find((one: { text: string }) => one.text.includes(text))?.id;
    });
  }
}
