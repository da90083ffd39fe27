'use client';
import { useEffect, useRef, useState } from 'react';
import type { Conditions, RoutePolicy } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { useAccounts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { ConditionsForm } from './conditions-form';
import { addStep, changeStep, mostSteps, moveStep, problemOf, provable, removeStep } from './edit';
import { ChannelsWord, JoinWord, TimeWord } from './step-words';
import { onlyWords, sentenceOf } from './words';

type Props = { policy: RoutePolicy; onChange: (policy: RoutePolicy) => void };

/** A route as the sentence it is: each word that can be changed is a menu, a line a step. */
export function SentenceEditor({ policy, onChange }: Props) {
  const accounts = useAccounts();
  const list = useRef<HTMLOListElement>(null);
  const [opened, setOpened] = useState<number | null>(null);
  const [focusAt, setFocusAt] = useState<{ step: number } | null>(null);
  useEffect(() => {
    if (focusAt) list.current?.querySelectorAll<HTMLElement>('.step-more')[focusAt.step]?.focus();
  }, [focusAt]);
  const { steps } = policy;

  const move = (index: number, by: -1 | 1) => {
    onChange(moveStep(policy, index, by));
    setOpened(null);
    setFocusAt({ step: index + by });
  };
  const remove = (index: number) => {
    onChange(removeStep(policy, index));
    setOpened(null);
    setFocusAt({ step: Math.max(0, index - 1) });
  };
  return (
    <div className="sentence-editor">
      <ol className="steps" aria-label={t('routes.steps')} ref={list}>
        {steps.map((step, index) => {
          const nth = index + 1;
          const set = (next: typeof step) => onChange(changeStep(policy, index, next));
          const only = onlyWords(step.only);
          const problem = problemOf(policy, index, accounts);
          const words = { step, nth, onChange: set };
          const join = <JoinWord {...words} offered={provable(policy, index, accounts)} bad={problem !== null} />;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            <li key={index} className="step">
              <div className="step-words">
                {index === 0 && <ChannelsWord {...words} />}
                {index > 0 &&
                  rich(step.unless === undefined ? 'routes.step-always' : 'routes.step-fallback', {
                    join,
                    time: <TimeWord {...words} />,
                    channels: <ChannelsWord {...words} />,
                  })}
                {only && (
                  <button
                    type="button"
                    className="word word-only"
                    aria-expanded={opened === index}
                    aria-label={t('routes.conditions-of', { nth, conditions: only })}
                    onClick={() => setOpened(opened === index ? null : index)}
                  >
                    {only}
                  </button>
                )}
              </div>
              <Menu
                label={t('routes.step', { nth })}
                title={t('routes.change-step')}
                className="icon-button step-more"
                trigger={<Icon name="more" />}
              >
                <MenuItem onSelect={() => setOpened(opened === index ? null : index)}>
                  <Icon name="settings" /> {t(opened === index ? 'routes.close-conditions' : 'routes.only-if')}
                </MenuItem>
                <MenuItem disabled={index === 0} onSelect={() => move(index, -1)}>
                  <Icon name="up" /> {t('routes.earlier')}
                </MenuItem>
                <MenuItem disabled={index === steps.length - 1} onSelect={() => move(index, 1)}>
                  <Icon name="down" /> {t('routes.later')}
                </MenuItem>
                <MenuItem danger disabled={steps.length === 1} onSelect={() => remove(index)}>
                  <Icon name="trash" /> {t('routes.remove')}
                </MenuItem>
              </Menu>
              {problem && (
                <p className="step-problem" role="status">
                  <Icon name="warning" size={14} /> {problem}
                </p>
              )}
              {opened === index && (
                <ConditionsForm
                  only={step.only ?? {}}
                  nth={nth}
                  onChange={(only: Conditions) => {
                    const { only: _before, ...rest } = step;
                    set(Object.keys(only).length > 0 ? { ...rest, only } : rest);
                  }}
                />
              )}
            </li>
          );
        })}
      </ol>
      <p>
        <button
          type="button"
          className="button"
          disabled={steps.length >= mostSteps}
          onClick={() => {
            onChange(addStep(policy, accounts));
            setFocusAt({ step: steps.length });
          }}
        >
          <Icon name="plus" /> {t('routes.add-step')}
        </button>
      </p>
      <p className="route-sentence" role="status">
        {t('route-words.whole', { sentence: sentenceOf(policy) })}
      </p>
    </div>
  );
}
