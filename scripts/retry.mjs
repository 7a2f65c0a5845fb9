// For runs of many processes on few processors: what fails by a time-out may pass when it is asked once
// more. The first failure is shown, so that nobody takes it for a pass at once.
import { jest } from '@jest/globals';

jest.retryTimes(1, { logErrorsBeforeRetry: true });
