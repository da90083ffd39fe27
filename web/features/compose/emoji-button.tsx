'use client';
import { t } from '../../lib/i18n';
import { EmojiPicker } from '../../ui/emoji-picker';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/menu';

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <Menu
      label={t('compose.emoji')}
      title={t('compose.emoji')}
      className="icon-button emoji-button"
      role="dialog"
      placement="above"
      trigger={<Icon name="react" />}
    >
      {(close) => (
        <EmojiPicker
          onPick={(emoji) => {
            close();
            onPick(emoji);
          }}
        />
      )}
    </Menu>
  );
}
