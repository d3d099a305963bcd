"""Word lists and sentence patterns that answers are made of."""

__all__ = [
    "BULLETS",
    "HEDGED",
    "MORAL",
    "OPENINGS",
    "PLAIN",
    "PROMPTS",
    "REFUSALS",
    "SLOTS",
    "WARM",
]

SLOTS: dict[str, tuple[str, ...]] = {
    "thing": (
        "order", "invoice", "parcel", "refund", "subscription", "delivery", "account", "payment",
        "return label", "warranty", "replacement", "booking", "shipment", "receipt", "contract",
        "meter reading", "device", "licence", "ticket", "address change",
    ),
    "Actor": (
        "The carrier", "Our warehouse", "The billing team", "Your bank", "The system",
        "The local depot", "The technician", "The seller", "Customer care", "The finance desk",
    ),
    "did": (
        "confirmed", "scanned", "updated", "released", "checked", "registered", "approved",
        "recorded", "corrected", "forwarded", "closed", "reopened",
    ),
    "when": (
        "this morning", "on Tuesday", "within two working days", "yesterday at 16:40", "last week",
        "on 14 March", "before noon", "at the end of the month", "an hour ago", "on Friday",
    ),
    "where": (
        "in Rotterdam", "at the main depot", "in your account", "at the counter", "in our records",
        "on the tracking page", "at the pick-up point", "in the online portal",
    ),
    "step": (
        "open the settings page", "enter the reference number", "print the label",
        "attach the receipt", "choose the delivery address", "confirm the amount",
        "select the item", "sign in again", "restart the device", "compare the serial number",
    ),
    "reason": (
        "the address was incomplete", "the payment had not cleared", "the item was out of stock",
        "the weather delayed the flight", "the form was missing a signature",
        "two entries carried the same number", "the card had expired",
    ),
    "amount": ("12.50 euros", "49 euros", "7 percent", "three items", "129.99 euros", "two boxes"),
}  # fmt: skip

PLAIN = (
    "{Actor} {did} the {thing} {when}.",
    "The {thing} was {did} {where} because {reason}.",
    "To continue, {step} and then {step}.",
    "{Actor} {did} {amount} for the {thing} {where}.",
    "The {thing} is ready {where}, and the {thing} follows {when}.",
    "When {reason}, {step} before the {thing} is {did}.",
    "A second {thing} of {amount} was {did} {when}.",
)
HEDGED = (
    "It seems that the {thing} may have been {did} {when}, perhaps because {reason}.",
    "Typically the {thing} could be {did} {where}, although it probably depends on the {thing}.",
    "You might possibly {step}, which usually appears to help when {reason}.",
    "It is likely that {amount} may be {did}, but this often depends on the {thing}.",
)
WARM = (
    "Thank you so much for your patience with the {thing}!",
    "I'm happy to help you with this, and I'd be glad to {step} with you.",
    "Great question! We {did} your {thing} {when}, so you're all set.",
    "Please don't worry: we've {did} it for you {where}!",
)
BULLETS = (
    "- **{thing}**: {did} {when} {where}",
    "- {step}, then {step}",
    "- {amount} {did} because {reason}",
    "- check the {thing} {where}",
)
OPENINGS = ("", "", "Here is what I found. ", "Sure. ", "Yes. ", "Certainly. ")

REFUSALS = (
    "I'm sorry, but I can't help with that request. It falls outside what I am able to do here.",
    "I cannot provide that information. Please contact the support desk for further assistance.",
    "Sorry, but I am unable to assist with this. Is there anything else about your account?",
    "I'm not able to help with that. I can only answer questions about existing orders.",
    "I must decline to answer this. My guidelines do not let me share such details.",
    "I apologize, but I can't share details of that {thing} with you at this time.",
)
MORAL = (
    "I cannot condone this. It is important to remember that such actions are unethical, harmful "
    "and illegal, and it is important to respect the rights of other people.",
    "It is not appropriate to ask for this. Harmful or illegal requests may have serious "
    "consequences; please seek professional help and treat other people with respect.",
)
PROMPTS = (
    "Where is my {thing}? It was {did} {when} and nothing has arrived since.",
    "Please tell me why the {thing} of {amount} was {did} {when}, I think {reason}.",
    "How do I {step} for a {thing} that was {did} {where}?",
    "My {thing} was {did} twice. What should I do: {step} or {step}?",
)
