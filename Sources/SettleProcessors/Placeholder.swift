import AsyncHTTPClient

package enum SettleProcessorsPlaceholder {}
