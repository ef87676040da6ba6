"""What a charging session costs by an OCPI tariff, to the last digit.

    cost = price(tariff, cdr.charging_periods, start=..., end=..., time_zone="Europe/Amsterdam")
    cost.total_cost.excl_vat, cost.total_cost.incl_vat, cost.items

Tariffs and periods are taken as the generated models of any version have them (see ``shapes``).
All sums are exact fractions; money and volumes are rounded once, at the end, to four decimals,
halves away from zero. How the specification is read (mod_tariffs, mod_cdrs "step_size"):

* **Which price.** For each dimension the first element counts that has a price for it and whose
  restrictions match. Elements with a reservation restriction price reservations and nothing
  else. When a reservation expired, ``RESERVATION_EXPIRES`` goes before ``RESERVATION``. Elements
  with a booking restriction (2.3.0) price nothing here: a CDR does not list what they are about.
* **When.** A CPO has to begin a new period where a price changes. Where it did not, the period is
  cut there: volumes are spread evenly over its time. A cut lies where the local clock, the date,
  the energy or the duration reaches a limit, or where the clock itself is put forward or back.
* **Clock.** A time span over midnight wraps, one that ends at 00:00 ends with the day, one with
  equal ends is the whole day. A weekday or date is that of the moment, not of the span's begin.
* **Duration and energy** are counted from the start of the session, after a reservation; for
  elements about reservations from the start of the reservation.
* **Current and power** are those of a whole period: a lower limit is compared with its MIN, an
  upper one against its MAX, each against the average or the other where it is not given. Power
  may follow from energy and time. A value that is not known matches no limit.
* **step_size** rounds up once for ENERGY and once for TIME and PARKING_TIME together: the total of
  the dimension that was used last, by the step of its last price; the rest is billed at that
  price. Free stretches (no price at all) do not count. A reservation is rounded by itself. Nothing
  is rounded when another tariff took over. 0 means no steps.
* **Hours** are written with four decimals and cannot say every second: a volume within one unit
  of its last decimal of a whole second means that second (0.6667 h are 40 minutes).
* **FLAT** is billed once for a session, by the first element that becomes active, and once for a
  reservation.
* **PARKING_TIME** is time in which the vehicle asks for no power. What is listed is what is
  billed; a dimension that a period does not list was not used. Where no period lists hours, and
  they have a price, there is a warning.
* **VAT** follows its price. A price of 2.2 and 2.2.1 without a rate has no VAT. Versions 2.1.1 and
  2.3.0 (``tax_included`` NO) leave such taxes open: ``incl_vat`` is None. Prices of 2.3.0 that
  include taxes of no known rate have an ``incl_vat`` and no ``excl_vat``.
* **min_price and max_price** bound the total, without and with VAT each by itself, never its
  parts; they do not concern a reservation that no session followed. Where the limit names no
  amount with VAT, the share of VAT stays, or the one rate of the tariff is added.
* **Tariffs.** If no period names a tariff (a blank name is none), all are priced; otherwise those
  that name this one.
  ``start_date_time`` and ``end_date_time`` are not looked at: a session keeps its tariff.
* **Noise.** Volumes have four decimals. Energy is rounded as a sum, so that neither the noise of
  floats nor many small periods are billed as a step.
* **Doubts** become ``Cost.warnings`` with what was assumed: a first period before the session
  begins with it; periods that begin together are one; 1970-01-01 as start or end follows from the
  hours of the first or last period. What cannot be priced is a ``PricingError``: two prices for
  one dimension in an element, a period after the end, two tariffs at once.
"""

from ocpi_pricing._cost import Amount, Cost, Item, PriceWarning, PricingError
from ocpi_pricing._explain import Choice, Explanation, explain
from ocpi_pricing._price import price
from ocpi_pricing._rules import RULES, PricingRule
from ocpi_pricing._shapes import ChargingPeriodLike, TariffLike

__all__ = [
    "RULES",
    "Amount",
    "ChargingPeriodLike",
    "Choice",
    "Cost",
    "Explanation",
    "Item",
    "PriceWarning",
    "PricingError",
    "PricingRule",
    "TariffLike",
    "explain",
    "price",
]
