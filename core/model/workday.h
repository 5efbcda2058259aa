/* workday.h: which days are working days, by the calendar of a programme (domain.md D29-D31: duties
 * and inspections move off days of rest). Thread: any. */
#ifndef WH_MODEL_WORKDAY_H
#define WH_MODEL_WORKDAY_H

#include "model/programme.h"

/* True where people work on `day`: a make-up workday, or neither a day of rest of the programme nor
 * a Saturday or Sunday. NULL: no programme, so that the week alone counts. */
bool wh_is_workday(const Wh__Programme *programme, int32_t day);

#endif
