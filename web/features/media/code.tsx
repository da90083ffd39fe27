'use client';
import { useEffect, useState } from 'react';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import type { Token } from './highlight';

const copiedMs = 2_000;

/** A block of code: to be copied as it is, and coloured where its language is named. */
export function Code({ code, language }: { code: string; language: string }) {
  const [tokens, setTokens] = useState<Token[] | null>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    setTokens(null);
    if (!language) return;
    let live = true;
    import('./highlight').then(
      ({ tokensOf }) => live && setTokens(tokensOf(code, language)),
      // Without colours it reads as well.
      () => {},
    );
    return () => {
      live = false;
    };
  }, [code, language]);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), copiedMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const label = copied ? t('content.copied') : t('content.copy-code');
  return (
    <div className="code" dir="ltr">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
      <pre tabIndex={0}>
        <code>
          {tokens
            ? tokens.map(({ text, kind }, index) =>
                kind ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
                  <span key={index} className={kind}>
                    {text}
                  </span>
                ) : (
                  text
                ),
              )
            : code}
        </code>
      </pre>
      <button
        type="button"
        className="icon-button code-copy"
        aria-label={label}
        title={label}
        onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(true))}
      >
        <Icon name={copied ? 'check' : 'copy'} size={14} />
      </button>
      <span className="visually-hidden" role="status">
        {copied && t('content.copied')}
      </span>
    </div>
  );
}
