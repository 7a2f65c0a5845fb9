import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { followerLimits } from '#engine';
import { Cluster } from '../harness/cluster.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Graph } from '../harness/graph.js';
import { Load } from '../harness/load.js';
import { documents } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, receiptChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);
