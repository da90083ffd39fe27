/** Where stored files are read; their id follows. */
export const FILE_URLS = '/api/v1/attachments/';
