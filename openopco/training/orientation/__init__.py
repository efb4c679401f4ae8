"""« Quel dispositif choisir ? »"""
