"""The simulated shop: a homeware shop whose every number has a known cause.

``options`` what may be set; ``world`` what is fixed (goods, places, calendar, planted incidents);
``run`` goes through time in slices of days: ``visits`` come, ``shopping`` decides what they do, ``stock`` what can be
sold, ``orders`` and ``aftersales`` what follows, ``timeline`` and ``events`` what the tracker saw, ``truth`` what
every incident cost, told by the same shoppers with and without it.
"""
