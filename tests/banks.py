"""A small question bank that an organisation might bring itself."""

from assessments.bank import Bank, parse_bank

BANK_TEXT = """\
id: field-service
version: "1.0"
language: en-GB
title: Readiness of field service
licence: Own text
statement: Our judgement, not calibrated.
ladder:
  0: Absent
  1: Talked about
  2: Written
  3: Confirmed
  4: Proven
dimensions:
  - code: VAN
    name: Vans
    sentence: Whether the vans are ready
  - code: DEP
    name: Depots
    sentence: Whether the depots are ready
items:
  - code: VAN-1
    dimension: VAN
    text: Every van carries a device that works offline
    short: Device in every van
    why: Cellars have no signal.
    gate: true
    anchors:
      0: No device
      1: A wish
      2: A list
      3: Handed out and confirmed
      4: Used for a month
  - code: DEP-1
    dimension: DEP
    text: Every depot has somebody who swaps a broken device
    short: Swap in every depot
    why: A broken device ends the day.
    anchors:
      0: Nobody
      1: A wish
      2: A list
      3: Named and told
      4: Has swapped one
"""


def own_bank(text: str = BANK_TEXT) -> Bank:
    return parse_bank(text, "field-service.yaml")
