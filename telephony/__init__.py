"""The telephone: what we tell the carrier, what it tells us, and the door between.

- `verbs`, `xml`: what a caller is to hear and do next, as values; and the carrier's XML for it.
- `events`: a webhook's form as one `CarrierEvent`, whatever was in it.
- `signatures`, `door`: only the carrier gets in; a view behind the door takes an event and returns verbs.
- `addresses`: where the carrier is to knock next.
- `carrier`, `plivo_adapter`: what we ask of the carrier, its one kind of error, and the only file that knows the SDK.

No tables, no clock, no decisions: nothing here knows what a queue, a menu or an operator is. A repeat is recognised by
whoever stores `CarrierEvent.key` in the transaction of the change it causes; this room keeps no memory.
"""
