'use client';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { listTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { go } from '../../lib/router';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';
import { NetworkGlyph } from '../../ui/network-glyph';
import { showMessage } from '../chat/jump';
import { withoutFences } from '../media/fences';
import { openBeside, useRoom } from '../shell/panes';
import { groupName } from './groups';
import { type Hit, useCommandHits, usePlaces } from './hits';
import { byRank } from './rank';
import { rememberUse } from './recent';
import { Shortcut } from './shortcut';
import { useMessageHits } from './use-message-hits';

/** Ctrl-K: people, conversations and actions at once; messages from what this browser keeps, then from the server. */
type Props = {
  /** What is chosen opens beside the conversations that are open; else it does with Ctrl. */
  beside: boolean;
  onClose: () => void;
};

export function CommandBar({ beside, onClose }: Props) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const places = usePlaces(query);
  const commands = useCommandHits(query);
  const messages = useMessageHits(query);
  const { most } = useRoom();
  const hits: Hit[] = beside
    ? places.filter((one) => one.conversationId)
    : [...[...places, ...commands].sort(byRank), ...messages];
  const list = useRef<HTMLDivElement>(null);
  const active = Math.min(at, hits.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const choose = (hit: Hit | undefined, apart: boolean) => {
    if (!hit) return;
    onClose();
    // Once the dialog has given the focus back.
    setTimeout(() => follow(hit, beside || apart));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(active + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(active - 1, 0));
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing)
      choose(hits[active], event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={beside ? t('shell.beside') : t('commands.title')} onClose={onClose} bare>
      <input
        className="switcher-input"
        role="combobox"
        aria-label={t('commands.label')}
        aria-expanded="true"
        aria-controls="switcher-list"
        aria-activedescendant={hits[active] ? `hit-${hits[active].key}` : undefined}
        placeholder={beside ? t('shell.beside-which') : t('commands.placeholder')}
        data-autofocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div className="switcher-list" id="switcher-list" role="listbox" aria-label={t('commands.results')} ref={list}>
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the combobox has the keyboard
          <div
            key={hit.key}
            id={`hit-${hit.key}`}
            role="option"
            aria-selected={index === active}
            className="switcher-hit"
            onClick={(event) => choose(hit, event.ctrlKey || event.metaKey)}
            onMouseMove={() => setAt(index)}
          >
            <HitLine hit={hit} />
          </div>
        ))}
        {hits.length === 0 && <p className="switcher-none">{t('commands.none')}</p>}
      </div>
      {!beside && most > 1 && (
        <p className="switcher-foot">{rich('shell.beside-keys', { keys: <Shortcut keys="mod+enter" /> })}</p>
      )}
    </Dialog>
  );
}

function follow(hit: Hit, apart: boolean): void {
  switch (hit.is) {
    case 'place':
      if (apart && hit.conversationId) openBeside(hit.conversationId);
      else go(hit.to);
      return;
    case 'message':
      showMessage(hit.message, apart);
      return;
    case 'command':
      rememberUse(hit.command.id);
      hit.command.run();
      return;
  }
}

function HitLine({ hit }: { hit: Hit }) {
  switch (hit.is) {
    case 'place':
      return (
        <>
          <Avatar name={hit.name} url={hit.url} size={24} mark={hit.mark} />
          <span className="switcher-name">
            <bdi>{hit.name}</bdi>
          </span>
          <span className="switcher-detail">{hit.detail}</span>
          {hit.networks.map((network) => (
            <NetworkGlyph key={network} network={network} />
          ))}
        </>
      );
    case 'message':
      return (
        <>
          <NetworkGlyph network={hit.message.network} />
          <span className="switcher-name switcher-text" dir="auto">
            {withoutFences(hit.message.text)}
          </span>
          <span className="switcher-detail">
            <bdi>{hit.message.sender.name}</bdi> · {listTime(hit.message.sentAt)}
          </span>
        </>
      );
    case 'command':
      return (
        <>
          <span className="switcher-name">{hit.command.title}</span>
          <span className="switcher-detail">{groupName(hit.command.group)}</span>
          {hit.command.shortcut && <Shortcut keys={hit.command.shortcut} />}
        </>
      );
  }
}
