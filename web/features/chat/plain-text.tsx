import { pieces } from '../../lib/text';

/** Text with its links; everything else as it was written. */
export function PlainText({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece, index) =>
        piece.is === 'link' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
