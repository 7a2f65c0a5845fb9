import type { INestApplicationContext, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ACCESS_METADATA } from './requires.js';

// The keys under which Nest keeps what @Query, @Mutation, @Subscription and @Get … were told.
const RESOLVER_TYPE = 'graphql:resolver_type';
const ROUTE_PATH = 'path';
const ROOT_TYPES: readonly unknown[] = ['Query', 'Mutation', 'Subscription'];

/**
 * Every root resolver and route, as `Class.method`, that neither requires a capability nor says
 * that it is open. They are refused at run time; a test keeps this list empty.
 */
export const undeclaredResolvers = (application: INestApplicationContext): readonly string[] => {
  const scanner = new MetadataScanner();
  const modules = [...application.get(ModulesContainer).values()];
  const classes = modules.flatMap((module) =>
    [...module.providers.values(), ...module.controllers.values()].flatMap(({ metatype }) =>
      isClass(metatype) ? [metatype] : [],
    ),
  );
  const undeclared = [...new Set(classes)].flatMap((type) =>
    scanner
      .getAllMethodNames(type.prototype)
      .filter((name) => isEntrance(type.prototype[name]) && !isDeclared(type, name))
      .map((name) => `${type.name}.${name}`),
  );
  return undeclared.sort();
};

const isClass = (value: unknown): value is Type =>
  typeof value === 'function' && value.prototype !== undefined;

const isEntrance = (method: object): boolean =>
  ROOT_TYPES.includes(Reflect.getMetadata(RESOLVER_TYPE, method)) ||
  Reflect.hasMetadata(ROUTE_PATH, method);

const isDeclared = (type: Type, name: string): boolean =>
  Reflect.hasMetadata(ACCESS_METADATA, type.prototype[name]) ||
  Reflect.hasMetadata(ACCESS_METADATA, type);
