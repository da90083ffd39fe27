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
