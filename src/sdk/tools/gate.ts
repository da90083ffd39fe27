const most = 10;
const doors = new Map<string, { inside: number; queue: (() => void)[] }>();

/**
 * Lets at most ten connections to one server be made at a time, so that a netsplit with hundreds of accounts is no
 * storm. `enter` runs now or later; the answer gives the place back, or up.
 */
export function throughGate(server: string, enter: () => void): () => void {
  const door = doors.get(server) ?? { inside: 0, queue: [] };
  doors.set(server, door);
  let is: 'waiting' | 'inside' | 'gone' = 'waiting';
  const go = () => {
    is = 'inside';
    door.inside += 1;
    enter();
  };
  if (door.inside < most) go();
  else door.queue.push(go);
  return () => {
    if (is === 'waiting') door.queue.splice(door.queue.indexOf(go), 1);
    else if (is === 'inside') {
      door.inside -= 1;
      door.queue.shift()?.();
    }
    is = 'gone';
    if (door.inside === 0 && door.queue.length === 0) doors.delete(server);
  };
}
