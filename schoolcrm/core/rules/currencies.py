"""The currencies of the world: the codes of ISO 4217 that are in use, as of 2026."""

_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD
    TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""Money and units that prices are told in. Metals, the banks' own units of account and test codes are left out."""
_NAMED = 3
_ALIKE = 2


def nearest_currencies(text: str) -> list[str]:
    """Return up to three codes that may have been meant, the likest first: two of their letters are in place."""
    written = text.strip().upper()

    def alike(code: str) -> list[bool]:
        return [one == other for one, other in zip(code, written, strict=False)]

    near = [code for code in sorted(CURRENCIES) if sum(alike(code)) >= _ALIKE]
    return sorted(near, key=lambda code: (sum(alike(code)), alike(code)), reverse=True)[:_NAMED]
