/** What a bot may react with (Bot API, ReactionTypeEmoji). A group can allow fewer. */
const allowed = new Set(
  (
    '❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 ' +
    '👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'
  ).split(' '),
);

/** The emoji as Telegram spells it, or undefined where it is none of its reactions. */
export function reactionOf(emoji: string): string | undefined {
  const bare = emoji.replaceAll('\ufe0f', '');
  return allowed.has(bare) ? bare : undefined;
}

/** As clients draw it: Telegram leaves out the mark that asks for the coloured picture. */
export const drawn = (emoji: string): string =>
  emoji.replace(/([\u2764\u2603\u270d\u{1f54a}\u2642\u2640])(?!\ufe0f)/gu, '$1\ufe0f');
