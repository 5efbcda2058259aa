/* fingerprint.h: what stands for a text where it must be short, and the same for ever. Thread: any.
 */
#ifndef WH_REMINDERS_FINGERPRINT_H
#define WH_REMINDERS_FINGERPRINT_H

#include <stdint.h>

#define FINGERPRINT_TEXT_SIZE 33

/* In hex, with a zero at its end. */
void fingerprint_text(const char *text, char ret[FINGERPRINT_TEXT_SIZE]);
uint64_t fingerprint_number(const char *text);

#endif
