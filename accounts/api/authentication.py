from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication


class BearerAuthentication(JWTTokenAuthentication):
    pass
