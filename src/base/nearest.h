/* SPDX-License-Identifier: MIT */
/* How much two words differ, so that a message can name the word that was probably meant. */
#ifndef DINIT_SU_NEAREST_H
#define DINIT_SU_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How many characters have to be added, removed or replaced to turn the first length characters of
 * word into other: the Levenshtein distance. SIZE_MAX if other has more than 31 characters.
 */
size_t nearest_distance(const char *word, size_t length, const char *other);

/*
 * True if word was probably meant to be a word at this distance: one mistake, and one more for
 * every four characters.
 */
bool nearest_is_close(size_t length, size_t distance);

#endif
