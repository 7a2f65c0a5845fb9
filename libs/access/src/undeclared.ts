import type { INestApplicationContext } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { accessOf } from './requires.js';

// The keys under which Nest keeps what @Query, @Mutation, @Subscription and @Get … were told.
const RESOLVER_TYPE = 'graphql:resolver_type';
const ROUTE_PATH = 'path';
const ROOT_TYPES: readonly unknown[] = ['Query', 'Mutation', 'Subscription'];

/**
 * Every root resolver and route, as `Class.method`, that neither requires a capability nor says
 * that it is open. They are refused at run time; a test keeps this list empty.
 */
export const undeclaredResolvers = (application: INestApplicationContext): readonly string[] => {
  const modules = [...application.get(ModulesContainer).values()];
  const classes = modules.flatMap((module) =>
    [...module.providers.values(), ...module.controllers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function' ? [metatype] : [],
    ),
  );
  return [...new Set(classes)].flatMap((type) => undeclaredOf(type)).sort();
};

const undeclaredOf = (type: object & { readonly name: string }): readonly string[] => {
  const prototype: unknown = 'prototype' in type ? type.prototype : null;
  if (typeof prototype !== 'object' || prototype === null || accessOf(type)) return [];
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const method: unknown = Reflect.get(prototype, name);
    const isClosed = typeof method === 'function' && isEntrance(method) && !accessOf(method);
    return isClosed ? [`${type.name}.${name}`] : [];
  });
};

const isEntrance = (method: object): boolean =>
  ROOT_TYPES.includes(Reflect.getMetadata(RESOLVER_TYPE, method)) ||
  Reflect.hasMetadata(ROUTE_PATH, method);
