import { join } from 'node:path';

export const viewsFile = (directory: string): string => join(directory, 'views.db');
export const rebuildFile = (directory: string): string => join(directory, 'views.rebuild.db');
export const followersFile = (directory: string): string => join(directory, 'followers.db');
