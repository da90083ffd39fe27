/** What came in after a time in the conversation `v`, counted to 1,000. What belongs to a group is unread there alone. */
export const unreadAfter = (v: string, time: string): string => counted(v, time, '');

/** Of that, what speaks to the user; where nothing did, nothing is counted. */
export const mentionsAfter = (v: string, time: string): string =>
  `CASE WHEN ${v}.mentions = 0 THEN 0 ELSE ${counted(v, time, 'AND n.mentioned')} END`;

const counted = (v: string, time: string, only: string): string => `(
  SELECT count(*) FROM (
    SELECT 1 FROM messages n JOIN chats o ON o.id = n.chat_id WHERE NOT ${v}.mixed AND o.conversation_id = ${v}.id
      AND n.group_id IS NULL AND n.direction = 'in' AND n.deleted_at IS NULL AND n.sent_at > ${time} ${only}
    UNION ALL
    SELECT 1 FROM messages n WHERE ${v}.mixed AND n.group_id = ${v}.id
      AND n.direction = 'in' AND n.deleted_at IS NULL AND n.sent_at > ${time} ${only}
    LIMIT 1000) AS u)`;
