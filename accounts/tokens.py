from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy


class SingleUseRefreshStrategy(JWTTokenStrategy):
    pass
