import { inOrder, NetworkGlyph } from '../../ui/network-glyph';

/** The networks a person is on, as quiet marks. */
export function Badges({ networks }: { networks: string[] }) {
  return (
    <span className="badges">
      {inOrder(networks)
        .slice(0, 4)
        .map((network) => (
          <NetworkGlyph key={network} network={network} size={13} />
        ))}
    </span>
  );
}
