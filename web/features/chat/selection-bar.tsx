'use client';
import { useEffect } from 'react';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { store } from '../../lib/sync/store';
import { Icon, type IconName } from '../../ui/icons';
import { ask } from './action-dialogs';
import { canDo, capabilitiesOf, copyText, mark } from './message-verbs';
import { endSelection, endSelectionIn, useSelection } from './selection';

/** What can be done with all messages chosen. */
export function SelectionBar({ conversation }: { conversation: Conversation }) {
  const selection = useSelection();
  const { id } = conversation;
  useEffect(() => () => endSelectionIn(id), [id]);
  if (selection?.conversationId !== conversation.id) return null;
  const items = store.timelines.get(conversation.id)?.items ?? [];
  const chosen = items.filter((one) => selection.ids.has(one.id));
  const may = (what: 'copy' | 'forward' | 'mark' | 'remove') =>
    chosen.filter((one) => canDo(one, capabilitiesOf(conversation, one))[what]);
  const starred = chosen.length > 0 && chosen.every((one) => one.starred);
  const forwardable = may('forward');
  const removable = may('remove');
  const marked = may('mark');
  const done = (work: () => void) => () => {
    work();
    endSelection();
  };
  return (
    <div className="selection-bar" role="toolbar" aria-label={t('message.selected-label')}>
      <button
        type="button"
        className="icon-button"
        aria-label={t('message.selection-end')}
        title={t('message.selection-end')}
        onClick={endSelection}
      >
        <Icon name="close" />
      </button>
      <span className="selection-count" role="status">
        {t('message.selected', { count: chosen.length })}
      </span>
      <Act
        icon="copy"
        label={t('message.copy-many')}
        none={chosen.length === 0}
        onAct={done(() => void copyText(chosen))}
      />
      <Act
        icon="forward"
        label={t('message.forward')}
        none={forwardable.length === 0}
        onAct={done(() => ask({ is: 'forward', messages: forwardable }))}
      />
      <Act
        icon="star"
        label={starred ? t('message.unstar') : t('message.star')}
        none={marked.length === 0}
        onAct={done(() => void mark(marked, { starred: !starred }))}
      />
      <Act
        icon="trash"
        label={t('message.delete')}
        none={removable.length === 0}
        onAct={done(() => ask({ is: 'remove', messages: removable }))}
      />
    </div>
  );
}

type ActProps = { icon: IconName; label: string; none: boolean; onAct: () => void };

function Act({ icon, label, none, onAct }: ActProps) {
  return (
    <button type="button" className="button selection-act" disabled={none} title={label} onClick={onAct}>
      <Icon name={icon} /> <span>{label}</span>
    </button>
  );
}
