/* SPDX-License-Identifier: MIT */
/*
 * What happens to init: signals, children that have ended or were stopped, deadlines. The order in
 * which they are looked for is part of model/lifecycle.pml.
 */
#ifndef DINIT_SU_EVENTS_H
#define DINIT_SU_EVENTS_H

#include "init/supervisor.h"

/* Wait for the next event that the lifecycle must know. Children are collected on the way. */
struct event next_event(struct supervisor *init);

#endif
