'use client';
import { useEffect, useRef, useState } from 'react';
import type { Conditions, RoutePolicy } from '../../lib/api/types';
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
      <ol className="steps" aria-label="Steps" ref={list}>
        {steps.map((step, index) => {
          const nth = index + 1;
          const set = (next: typeof step) => onChange(changeStep(policy, index, next));
          const only = onlyWords(step.only).trim();
          const problem = problemOf(policy, index, accounts);
          const words = { step, nth, onChange: set };
          const join = <JoinWord {...words} offered={provable(policy, index, accounts)} bad={problem !== null} />;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            <li key={index} className="step">
              <div className="step-words">
                {index > 0 && <span className="step-and">and </span>}
                {index > 0 && step.unless !== undefined && (
                  <>
                    {join} in <TimeWord {...words} />{' '}
                  </>
                )}
                <ChannelsWord {...words} />
                {index > 0 && step.unless === undefined && (
                  <>
                    {' '}
                    {join} <TimeWord {...words} />
                  </>
                )}
                {only && (
                  <button
                    type="button"
                    className="word word-only"
                    aria-expanded={opened === index}
                    aria-label={`Conditions of step ${nth}: ${only}`}
                    onClick={() => setOpened(opened === index ? null : index)}
                  >
                    {only}
                  </button>
                )}
              </div>
              <Menu
                label={`Step ${nth}`}
                title="Change the step"
                className="icon-button step-more"
                trigger={<Icon name="more" />}
              >
                <MenuItem onSelect={() => setOpened(opened === index ? null : index)}>
                  <Icon name="settings" /> {opened === index ? 'Close conditions' : 'Only if…'}
                </MenuItem>
                <MenuItem disabled={index === 0} onSelect={() => move(index, -1)}>
                  <Icon name="up" /> Earlier
                </MenuItem>
                <MenuItem disabled={index === steps.length - 1} onSelect={() => move(index, 1)}>
                  <Icon name="down" /> Later
                </MenuItem>
                <MenuItem danger disabled={steps.length === 1} onSelect={() => remove(index)}>
                  <Icon name="trash" /> Remove
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
          <Icon name="plus" /> Add a step
        </button>
      </p>
      <p className="route-sentence" role="status">
        {sentenceOf(policy)}.
      </p>
    </div>
  );
}
